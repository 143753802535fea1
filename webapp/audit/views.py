"""The audit log of a hospital, for its administrators."""

import hashlib

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from webapp.accounts.actors import Actor, page_actor
from webapp.audit.actions import Action
from webapp.audit.forms import AuditFilterForm
from webapp.audit.selectors import AuditFilter, audit_list_for_admin
from webapp.audit.services import audit_note_reading
from webapp.audit.visits import once_a_visit

EVENTS_PER_PAGE = 50


@login_required
@never_cache
@require_GET
def audit_log(request: HttpRequest) -> HttpResponse:
    actor = page_actor(request.user)
    hospital = actor.administrator.hospital
    form = AuditFilterForm(request.GET)
    chosen = form.chosen()
    _note_look(actor, chosen)
    events = audit_list_for_admin(actor, chosen)
    page = Paginator(events, EVENTS_PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {"form": form, "page": page, "query": query.urlencode(), "hospital": hospital}
    return render(request, "audit/log.html", context)


def _note_look(actor: Actor, chosen: AuditFilter) -> None:
    words = chosen.words()
    key = f"audit:{actor.person.pk}:{hashlib.sha256(repr(words).encode()).hexdigest()}"
    once_a_visit(key, lambda: audit_note_reading(Action.AUDIT_VIEW, actor, words))
