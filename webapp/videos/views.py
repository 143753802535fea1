"""The library, the video page and what can be done to a video. Its bytes are served by media.py."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from webapp.accounts.actors import Actor, page_actor
from webapp.accounts.permissions import can_manage
from webapp.accounts.selectors import department_choices
from webapp.lib.navigation import after_change, leave_page
from webapp.videos import services
from webapp.videos.demo import demo_job, demo_request
from webapp.videos.looks import library_look, video_look
from webapp.videos.models import TimelineFact, Video
from webapp.videos.selectors import (
    is_playable,
    timeline_lanes,
    timeline_lines,
    timeline_newest,
    timeline_note,
    video_counts_for_actor,
    video_get_for_actor,
    video_get_to_manage,
    video_list_for_actor,
    with_num_questions,
)

PAGE_SIZE = 60


@login_required
@require_GET
@never_cache
def library(request: HttpRequest) -> HttpResponse:
    return render(request, "videos/library.html", _library_context(request))


@login_required
@require_GET
@never_cache
def library_rows(request: HttpRequest) -> HttpResponse:
    return render(request, "videos/_rows.html", _library_context(request))


@login_required
@require_GET
@never_cache
def video(request: HttpRequest, video_id: uuid.UUID) -> HttpResponse:
    actor, found = _looked_at(request, video_id, part="page")
    return render(request, "videos/detail.html", video_context(actor, found))


@login_required
@require_GET
@never_cache
def video_status(request: HttpRequest, video_id: uuid.UUID) -> HttpResponse:
    actor, found = _looked_at(request, video_id, part="status")
    return render(request, "videos/_status.html", video_context(actor, found))


@login_required
@require_GET
@never_cache
def video_timeline(request: HttpRequest, video_id: uuid.UUID) -> JsonResponse:
    _, found = _looked_at(request, video_id, part="timeline")
    return JsonResponse(
        {"duration_s": found.content.duration_s, "lanes": timeline_lanes(found), "note": timeline_note(found)}
    )


@login_required
@require_POST
def video_rename(request: HttpRequest, video_id: uuid.UUID) -> HttpResponse:
    actor, found = _managed(request, video_id)
    with transaction.atomic():
        services.video_rename(found, title=request.POST.get("title", ""), actor=actor)
        if "procedure" in request.POST or "operated_on" in request.POST:
            services.video_describe(
                found,
                procedure=request.POST.get("procedure", ""),
                operated_on=request.POST.get("operated_on", ""),
                actor=actor,
            )
    return after_change(request, fallback="library")


@login_required
@require_POST
def video_delete(request: HttpRequest, video_id: uuid.UUID) -> HttpResponse:
    actor, found = _managed(request, video_id)
    services.video_delete(found, actor=actor)
    is_in_list = request.headers.get("HX-Request") == "true" and str(video_id) not in request.headers.get(
        "HX-Current-URL", ""
    )
    return HttpResponse(status=204) if is_in_list else leave_page(request, to="library")


@login_required
@require_POST
def video_demo(request: HttpRequest) -> HttpResponse:
    demo_request(page_actor(request.user))
    return after_change(request, fallback="library")


def _looked_at(request: HttpRequest, video_id: uuid.UUID, *, part: str) -> tuple[Actor, Video]:
    actor = page_actor(request.user)
    found = video_get_for_actor(actor, video_id)
    video_look(actor, found, part=part)
    return actor, found


def _managed(request: HttpRequest, video_id: uuid.UUID) -> tuple[Actor, Video]:
    actor = page_actor(request.user)
    return actor, video_get_to_manage(actor, video_id)


def _library_context(request: HttpRequest) -> dict[str, Any]:
    actor = page_actor(request.user)
    status, search = request.GET.get("status", ""), request.GET.get("search", "").strip()[:200]
    videos = with_num_questions(video_list_for_actor(actor, status=status, search=search), actor=actor)
    page = Paginator(videos, PAGE_SIZE).get_page(request.GET.get("page"))
    counts = video_counts_for_actor(actor, search=search)
    library_look(actor, page.object_list)
    demo = demo_job(actor)
    return {
        "videos": page.object_list,
        "page": page,
        "counts": counts,
        "status": status,
        "search": search,
        "has_active": counts[Video.Status.PROCESSING.value] > 0 or demo is not None,
        "demo_job": demo,
        "departments": department_choices(actor.member),
        "upload_max_bytes": settings.UPLOAD_MAX_BYTES,
        "upload_chunk_bytes": settings.UPLOAD_CHUNK_MAX_BYTES,
    }


def video_context(actor: Actor, found: Video) -> dict[str, Any]:
    """What player and timeline need, on every page that has them."""
    lines = timeline_lines(found)
    return {
        "video": found,
        "is_playable": is_playable(found),
        "reserved_lines": lines,
        "has_text_lane": TimelineFact.Lane.TEXT in lines,
        "timeline": timeline_newest(found.content),
        "can_manage": can_manage(actor.member, owner_id=found.owner_id, hospital_id=found.hospital_id),
        "conversation_url": reverse("conversation", args=[found.pk]),
    }
