"""The buttons of the library's selection. Without scripts they answer with the library and what was done."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from webapp.accounts.actors import Actor, page_actor
from webapp.accounts.selectors import department_get_for_member
from webapp.lib.errors import InvalidInput
from webapp.lib.http import wants_json
from webapp.videos.selection import MAX_SELECTED, Outcome, videos_delete, videos_move


@login_required
@require_POST
def selection_delete(request: HttpRequest) -> HttpResponse:
    actor, ids = _asked(request)
    return _told(request, videos_delete(ids, actor=actor), "removed")


@login_required
@require_POST
def selection_move(request: HttpRequest) -> HttpResponse:
    actor, ids = _asked(request)
    wanted = request.POST.get("department", "")
    department = department_get_for_member(actor.member, wanted) if wanted else None
    where = f"moved to {department}" if department else "taken out of their department"
    return _told(request, videos_move(ids, department=department, actor=actor), where)


def _asked(request: HttpRequest) -> tuple[Actor, list[uuid.UUID]]:
    """Raises InvalidInput where nothing was selected, or too much."""
    actor = page_actor(request.user)
    try:
        ids = [uuid.UUID(text) for text in request.POST.getlist("video")]
    except ValueError as error:
        raise InvalidInput("What was selected is no video.", code="no_video") from error
    if not ids:
        raise InvalidInput("Select a video first.", code="nothing_selected")
    if len(ids) > MAX_SELECTED:
        raise InvalidInput(f"Select at most {MAX_SELECTED} videos at once.", code="too_many_selected")
    return actor, ids


def _told(request: HttpRequest, outcome: Outcome, done: str) -> HttpResponse:
    level = "info" if outcome.num_done else "warning"
    if wants_json(request):
        return JsonResponse({"words": outcome.words(done), "level": level, "num_done": outcome.num_done})
    messages.add_message(request, messages.INFO if outcome.num_done else messages.WARNING, outcome.words(done))
    return redirect("library")
