"""One's own tokens: made, shown once, revoked."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from webapp.accounts.actors import Actor, page_actor
from webapp.api.pages.forms import TokenForm
from webapp.api.selectors import token_get_for_actor, token_list_for_actor
from webapp.api.services import token_create, token_revoke
from webapp.lib.errors import Conflict


@login_required
@never_cache
@require_GET
def tokens(request: HttpRequest) -> HttpResponse:
    return _page(request, page_actor(request.user), TokenForm())


@login_required
@never_cache
@require_POST
def token_add(request: HttpRequest) -> HttpResponse:
    actor = page_actor(request.user)
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, form, status=422)
    try:
        token, text = token_create(actor=actor, **form.cleaned_data)
    except Conflict as error:
        form.add_error(None, error.message)
        return _page(request, actor, form, status=error.status)
    shown = {"title": f"The token “{token.name}”", "back": "tokens"}
    return render(request, "api/shown_once.html", {**shown, "secrets": [("Token", text)]})


@login_required
@never_cache
@require_POST
def token_end(request: HttpRequest, token_id: uuid.UUID) -> HttpResponse:
    actor = page_actor(request.user)
    token = token_get_for_actor(actor, token_id)
    token_revoke(token, actor=actor)
    messages.success(request, f"{token.name} is good no more.")
    return redirect("tokens")


def _page(request: HttpRequest, actor: Actor, form: TokenForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "tokens": token_list_for_actor(actor)}
    return render(request, "api/tokens.html", context, status=status)
