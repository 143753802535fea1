"""Clients of the hospital, for its administrators."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from webapp.accounts.actors import Actor, page_actor
from webapp.api.models import ApiClient
from webapp.api.oauth import clients as services
from webapp.api.pages.forms import ClientForm
from webapp.lib.errors import Conflict, InvalidInput
from webapp.lib.outside import OutsideRefused


@login_required
@never_cache
@require_GET
def api_clients(request: HttpRequest) -> HttpResponse:
    return _page(request, _admin(request), ClientForm())


@login_required
@never_cache
@require_POST
def api_client_add(request: HttpRequest) -> HttpResponse:
    actor = _admin(request)
    form = ClientForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, form, status=422)
    try:
        client, secret = services.client_create(actor=actor, **form.cleaned_data)
    except (Conflict, InvalidInput, OutsideRefused) as error:
        form.add_error(None, error.message)
        return _page(request, actor, form, status=error.status)
    return _shown(request, client, secret)


@login_required
@never_cache
@require_POST
def api_client_secret(request: HttpRequest, client_id: int) -> HttpResponse:
    actor, client = _found(request, client_id)
    return _shown(request, client, services.client_new_secret(client, actor=actor))


@login_required
@never_cache
@require_POST
def api_client_active(request: HttpRequest, client_id: int) -> HttpResponse:
    actor, client = _found(request, client_id)
    is_active = request.POST.get("is_active") == "yes"
    services.client_set_active(client, actor=actor, is_active=is_active)
    messages.success(request, f"{client} may {'come again' if is_active else 'not come any more'}.")
    return redirect("api_clients")


@login_required
@never_cache
@require_POST
def api_client_remove(request: HttpRequest, client_id: int) -> HttpResponse:
    actor, client = _found(request, client_id)
    services.client_remove(client, actor=actor)
    messages.success(request, f"{client} was removed.")
    return redirect("api_clients")


def _admin(request: HttpRequest) -> Actor:
    actor = page_actor(request.user)
    actor.administrator  # noqa: B018 - raises for everybody else
    return actor


def _found(request: HttpRequest, client_id: int) -> tuple[Actor, ApiClient]:
    actor = _admin(request)
    return actor, services.client_get_for_admin(actor, client_id)


def _shown(request: HttpRequest, client: ApiClient, secret: str) -> HttpResponse:
    secrets = [("Client id", client.client_id), *([("Secret", secret)] if secret else [])]
    return render(request, "api/shown_once.html", {"title": str(client), "back": "api_clients", "secrets": secrets})


def _page(request: HttpRequest, actor: Actor, form: ClientForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "clients": services.client_list_for_admin(actor), "hospital": actor.hospital}
    return render(request, "api/clients.html", context, status=status)
