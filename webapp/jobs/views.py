"""The jobs page: what goes on in the background, why something failed, and trying again."""

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from webapp.accounts.actors import page_actor
from webapp.jobs import services
from webapp.jobs.looks import jobs_look
from webapp.jobs.selectors import has_active_jobs, job_get_for_actor, job_list_for_actor
from webapp.lib.navigation import after_change

PAGE_SIZE = 50


@login_required
@require_GET
@never_cache
def jobs(request: HttpRequest) -> HttpResponse:
    return render(request, "jobs/jobs.html", _context(request))


@login_required
@require_GET
@never_cache
def jobs_rows(request: HttpRequest) -> HttpResponse:
    return render(request, "jobs/_rows.html", _context(request))


@login_required
@require_POST
def job_cancel(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    actor = page_actor(request.user)
    services.job_cancel(job_get_for_actor(actor, job_id), actor=actor)
    return after_change(request, fallback="jobs")


@login_required
@require_POST
def job_retry(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    actor = page_actor(request.user)
    services.job_retry(job_get_for_actor(actor, job_id), actor=actor)
    return after_change(request, fallback="jobs")


def _context(request: HttpRequest) -> dict[str, Any]:
    actor = page_actor(request.user)
    jobs_look(actor)
    status = request.GET.get("status", "")
    page = Paginator(job_list_for_actor(actor, status=status), PAGE_SIZE).get_page(request.GET.get("page"))
    return {
        "jobs": page.object_list,
        "page": page,
        "status": status,
        "has_active": has_active_jobs(actor),
    }
