"""The audit log of a hospital, for its administrators."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from webapp.accounts.actors import page_actor
from webapp.audit.actions import Action
from webapp.audit.export import events_as_csv
from webapp.audit.forms import AuditFilterForm
from webapp.audit.looks import audit_look
from webapp.audit.selectors import audit_list_for_admin
from webapp.audit.services import audit_note_reading
from webapp.audit.shown import events_shown
from webapp.lib.errors import InvalidInput

EVENTS_PER_PAGE = 50
EXPORT_MAX_ROWS = 100_000


@login_required
@never_cache
@require_GET
def audit_log(request: HttpRequest) -> HttpResponse:
    actor = page_actor(request.user)
    hospital = actor.administrator.hospital
    form = AuditFilterForm(request.GET)
    chosen = form.chosen()
    audit_look(actor, chosen)
    events = audit_list_for_admin(actor, chosen)
    page = Paginator(events, EVENTS_PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {"form": form, "page": page, "query": query.urlencode(), "hospital": hospital}
    context["rows"] = events_shown(str(hospital.pk), page.object_list)
    return render(request, "audit/log.html", context)


@login_required
@never_cache
@require_GET
def audit_export(request: HttpRequest) -> HttpResponse:
    """What the filter lets through, newest first. Raises InvalidInput if it is more than one file should hold."""
    actor = page_actor(request.user)
    chosen = AuditFilterForm(request.GET).chosen()
    events = audit_list_for_admin(actor, chosen)
    num_rows = events.count()
    if num_rows > EXPORT_MAX_ROWS:
        raise InvalidInput(
            f"These are {num_rows} rows; one file holds {EXPORT_MAX_ROWS}. Choose fewer days and export again.",
            code="export_too_large",
        )
    content = events_as_csv(list(events))
    audit_note_reading(Action.AUDIT_EXPORT, actor, chosen.words())
    headers = {"Content-Disposition": f'attachment; filename="audit-{timezone.now():%Y-%m-%d}.csv"'}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)
