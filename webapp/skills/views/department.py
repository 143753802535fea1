"""What a department compares with: rubrics, references and comparisons; and the trend of one's own scores."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from webapp.accounts.actors import Actor, page_actor
from webapp.lib.errors import InvalidInput
from webapp.lib.ranges import file_response
from webapp.lib.storage import content_paths
from webapp.skills import references as services
from webapp.skills import rubrics as rubric_services
from webapp.skills.charts import chart_of
from webapp.skills.models import ReferenceClip
from webapp.skills.permissions import is_keeper, require_keeper
from webapp.skills.published import PUBLISHED
from webapp.skills.selectors import (
    departments_of,
    reference_get_for_actor,
    reference_list,
    reference_to_watch,
    rubric_get_for_actor,
    rubric_list,
    scorer_get_for_actor,
    scorer_list,
)
from webapp.skills.sharing import LEAST_PEERS, is_sharing, sharing_set, trends_of
from webapp.skills.views.forms import posted_items, posted_scores, posted_uuid, posted_window
from webapp.videos.looks import library_look, video_look
from webapp.videos.media import NOT_ON_DISK
from webapp.videos.models import Video
from webapp.videos.selectors import video_get_for_actor, video_list_for_actor

SPARE_ITEMS = 3
VIDEOS_OFFERED = 100


@login_required
@require_GET
@never_cache
def rubrics(request: HttpRequest) -> HttpResponse:
    actor = page_actor(request.user)
    found = list(rubric_list(actor))
    known = {rubric.slug for rubric in found}
    context = {
        "rubrics": found,
        "published": [one for one in PUBLISHED.values() if one.slug not in known],
        "is_keeper": is_keeper(actor),
        "spare_items": range(SPARE_ITEMS),
        "hospital": actor.member.hospital,
    }
    return render(request, "skills/rubrics.html", context)


@login_required
@require_POST
def rubric_adopt(request: HttpRequest) -> HttpResponse:
    rubric = rubric_services.rubric_adopt(actor=page_actor(request.user), slug=request.POST.get("slug", ""))
    messages.success(request, f"{rubric.name} can be used now.")
    return redirect("rubrics")


@login_required
@require_POST
def rubric_add(request: HttpRequest) -> HttpResponse:
    rubric = rubric_services.rubric_create(
        actor=page_actor(request.user), name=request.POST.get("name", ""), items=posted_items(request)
    )
    messages.success(request, f"{rubric} was added.")
    return redirect("rubrics")


@login_required
@require_POST
def rubric_revise(request: HttpRequest, rubric_id: uuid.UUID) -> HttpResponse:
    actor = page_actor(request.user)
    rubric = rubric_get_for_actor(actor, rubric_id)
    revised = rubric_services.rubric_revise(actor=actor, rubric=rubric, items=posted_items(request))
    messages.success(request, f"{revised} is the newest. Reports stay under theirs.")
    return redirect("rubrics")


@login_required
@require_GET
@never_cache
def references(request: HttpRequest) -> HttpResponse:
    actor = page_actor(request.user)
    clips = list(reference_list(actor))
    videos = _videos_offered(actor) if is_keeper(actor) else []
    library_look(actor, [*(clip.video for clip in clips), *videos])
    return render(request, "skills/references.html", _references_context(actor, clips, videos))


@login_required
@require_POST
def reference_add(request: HttpRequest) -> HttpResponse:
    actor = page_actor(request.user)
    require_keeper(actor)
    video_id, rubric_id = posted_uuid(request, "video"), posted_uuid(request, "rubric")
    if video_id is None or rubric_id is None:
        raise InvalidInput("Choose a video and a rubric.", code="choice_missing")
    clip = services.reference_propose(
        actor=actor,
        video=video_get_for_actor(actor, video_id),
        rubric=rubric_get_for_actor(actor, rubric_id),
        level=request.POST.get("level", ""),
        window=posted_window(request),
        procedure=request.POST.get("procedure", ""),
        item_scores=posted_scores(request),
    )
    is_waiting = clip.state == ReferenceClip.State.PROPOSED
    messages.success(request, "Proposed. Its surgeon is asked to agree." if is_waiting else "In use from now on.")
    return redirect("references")


@login_required
@require_POST
def reference_consent(request: HttpRequest, reference_id: uuid.UUID) -> HttpResponse:
    actor = page_actor(request.user)
    services.reference_consent(reference_get_for_actor(actor, reference_id), actor=actor)
    messages.success(request, "Thank you. You can take it back here at any time.")
    return redirect("references")


@login_required
@require_POST
def reference_withdraw(request: HttpRequest, reference_id: uuid.UUID) -> HttpResponse:
    actor = page_actor(request.user)
    services.reference_withdraw(reference_get_for_actor(actor, reference_id), actor=actor)
    messages.success(request, "Withdrawn. Nothing new is compared with it.")
    return redirect("references")


@login_required
@require_safe
def reference_media(request: HttpRequest, reference_id: uuid.UUID) -> HttpResponseBase:
    """The recording of a reference, for who was compared with it."""
    actor = page_actor(request.user)
    video = reference_to_watch(actor, reference_id).video
    video_look(actor, video, part="reference")
    path = content_paths(video.hospital_id, video.content.sha256).proxy
    return file_response(request, path, content_type="video/mp4", cache_control=NOT_ON_DISK)


@login_required
@require_POST
def scorer_add(request: HttpRequest) -> HttpResponse:
    actor = page_actor(request.user)
    require_keeper(actor)
    rubric_id, department_id = posted_uuid(request, "rubric"), posted_uuid(request, "department")
    if rubric_id is None:
        raise InvalidInput("Choose a rubric.", code="choice_missing")
    chosen = set(request.POST.getlist("references"))
    services.scorer_create(
        actor=actor,
        procedure=request.POST.get("procedure", ""),
        rubric=rubric_get_for_actor(actor, rubric_id),
        department=departments_of(actor).filter(pk=department_id).first() if department_id else None,
        levels=request.POST.get("levels", "").split(","),
        references=[clip for clip in reference_list(actor) if str(clip.pk) in chosen],
        num_reviewers=2 if request.POST.get("num_reviewers") == "2" else 1,
    )
    messages.success(request, "Surgeons can compare their videos now.")
    return redirect("references")


@login_required
@require_POST
def scorer_retire(request: HttpRequest, scorer_id: uuid.UUID) -> HttpResponse:
    actor = page_actor(request.user)
    services.scorer_retire(scorer_get_for_actor(actor, scorer_id), actor=actor)
    messages.success(request, "Ended. Reports that were made stay.")
    return redirect("references")


@login_required
@require_GET
@never_cache
def trend(request: HttpRequest) -> HttpResponse:
    actor = page_actor(request.user)
    trends = [
        {"procedure": one.procedure, "rubric": one.rubric, "charts": [chart_of(one, line) for line in one.lines]}
        for one in trends_of(actor)
    ]
    context = {"trends": trends, "is_sharing": is_sharing(actor), "least_peers": LEAST_PEERS}
    return render(request, "skills/trend.html", context)


@login_required
@require_POST
def trend_peers(request: HttpRequest) -> HttpResponse:
    sharing_set(actor=page_actor(request.user), is_shared=request.POST.get("share") == "yes")
    return redirect("trend")


def _videos_offered(actor: Actor) -> list[Video]:
    return list(video_list_for_actor(actor, status=Video.Status.READY)[:VIDEOS_OFFERED])


def _references_context(actor: Actor, clips: list[ReferenceClip], videos: list[Video]) -> dict[str, Any]:
    return {
        "clips": clips,
        "usable": [clip for clip in clips if clip.state != ReferenceClip.State.WITHDRAWN],
        "videos": videos,
        "rubrics": list(rubric_list(actor)),
        "scorers": list(scorer_list(actor)) if is_keeper(actor) else [],
        "departments": departments_of(actor),
        "levels": services.DEFAULT_LEVELS,
        "is_keeper": is_keeper(actor),
        "hospital": actor.member.hospital,
    }
