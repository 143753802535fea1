"""The audit log of a hospital, for its administrators."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from webapp.accounts.selectors import membership_get
from webapp.audit.forms import AuditFilterForm
from webapp.audit.selectors import audit_actions_for_admin, audit_list_for_admin

EVENTS_PER_PAGE = 50


@login_required
@never_cache
@require_GET
def audit_log(request: HttpRequest) -> HttpResponse:
    membership = membership_get(request.user)
    form = AuditFilterForm(request.GET, actions=audit_actions_for_admin(membership))
    events = audit_list_for_admin(membership, form.chosen())
    page = Paginator(events, EVENTS_PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {"form": form, "page": page, "query": query.urlencode(), "hospital": membership.hospital}
    return render(request, "audit/log.html", context)
