"""Webhooks of the hospital and what became of each delivery, for its administrators."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from webapp.accounts.actors import Actor, page_actor
from webapp.api.models import Webhook
from webapp.api.pages.forms import WebhookForm
from webapp.api.webhooks import services
from webapp.lib.errors import Conflict, InvalidInput
from webapp.lib.outside import OutsideRefused

DELIVERIES_PER_PAGE = 50


@login_required
@never_cache
@require_GET
def webhooks(request: HttpRequest) -> HttpResponse:
    return _page(request, page_actor(request.user), WebhookForm())


@login_required
@never_cache
@require_POST
def webhook_add(request: HttpRequest) -> HttpResponse:
    actor = page_actor(request.user)
    services.webhook_list_for_admin(actor)
    form = WebhookForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, form, status=422)
    try:
        webhook, key = services.webhook_create(actor=actor, **form.cleaned_data)
    except (Conflict, InvalidInput, OutsideRefused) as error:
        form.add_error(None, error.message)
        return _page(request, actor, form, status=error.status)
    return _shown(request, webhook, key)


@login_required
@never_cache
@require_GET
def webhook(request: HttpRequest, webhook_id: uuid.UUID) -> HttpResponse:
    _, found = _found(request, webhook_id)
    page = Paginator(services.delivery_list(found), DELIVERIES_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "api/webhook.html", {"webhook": found, "page": page})


@login_required
@never_cache
@require_POST
def webhook_rotate(request: HttpRequest, webhook_id: uuid.UUID) -> HttpResponse:
    actor, found = _found(request, webhook_id)
    return _shown(request, found, services.webhook_rotate(found, actor=actor))


@login_required
@never_cache
@require_POST
def webhook_active(request: HttpRequest, webhook_id: uuid.UUID) -> HttpResponse:
    actor, found = _found(request, webhook_id)
    services.webhook_set_active(found, actor=actor, is_active=request.POST.get("is_active") == "yes")
    return redirect("webhook", found.pk)


@login_required
@never_cache
@require_POST
def webhook_ping(request: HttpRequest, webhook_id: uuid.UUID) -> HttpResponse:
    actor, found = _found(request, webhook_id)
    services.webhook_ping(found, actor=actor)
    messages.success(request, "A test is on its way. Reload in a moment.")
    return redirect("webhook", found.pk)


@login_required
@never_cache
@require_POST
def webhook_remove(request: HttpRequest, webhook_id: uuid.UUID) -> HttpResponse:
    actor, found = _found(request, webhook_id)
    services.webhook_remove(found, actor=actor)
    messages.success(request, f"{found} was removed.")
    return redirect("webhooks")


@login_required
@never_cache
@require_POST
def delivery_replay(request: HttpRequest, webhook_id: uuid.UUID, delivery_id: uuid.UUID) -> HttpResponse:
    actor, found = _found(request, webhook_id)
    services.delivery_replay(services.delivery_get(found, delivery_id), actor=actor)
    messages.success(request, "It is on its way again. Reload in a moment.")
    return redirect("webhook", found.pk)


def _found(request: HttpRequest, webhook_id: uuid.UUID) -> tuple[Actor, Webhook]:
    actor = page_actor(request.user)
    return actor, services.webhook_get_for_admin(actor, webhook_id)


def _shown(request: HttpRequest, found: Webhook, key: str) -> HttpResponse:
    words = "Secret" if found.signing == Webhook.Signing.HMAC else "Public key"
    return render(request, "api/shown_once.html", {"title": str(found), "back": "webhooks", "secrets": [(words, key)]})


def _page(request: HttpRequest, actor: Actor, form: WebhookForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "webhooks": services.webhook_list_for_admin(actor), "hospital": actor.hospital}
    return render(request, "api/webhooks.html", context, status=status)
