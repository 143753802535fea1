"""Thin doors to the conversation. Writes answer with JSON: the answer's id and the turns that are new or changed.

`after` is the answer behind which those turns stand; all before it are as they were. null: `thread` is all there is.
"""

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from webapp.accounts.actors import Actor, page_actor
from webapp.conversations.models import Answer
from webapp.conversations.presentation import AnswerView, answer_is_looked_after, answer_state
from webapp.conversations.selectors import (
    answer_get_for_actor,
    conversation_for_video,
    question_get_for_actor,
)
from webapp.conversations.services import (
    answer_regenerate,
    answer_set_thumb,
    answer_show,
    answer_stop,
    question_ask,
    question_edit,
)
from webapp.conversations.text import Window
from webapp.conversations.thread import thread_shown
from webapp.lib.errors import InvalidInput
from webapp.videos.looks import video_look
from webapp.videos.models import Video
from webapp.videos.selectors import video_get_for_actor


@login_required
@require_GET
@never_cache
def conversation(request: HttpRequest, video_id: uuid.UUID) -> HttpResponse:
    actor, video = _video(request, video_id)
    return render(request, "conversations/_thread.html", _thread_context(actor, video))


@login_required
@require_GET
@never_cache
def conversation_shown(request: HttpRequest, video_id: uuid.UUID) -> HttpResponse:
    """Which answer the shown branch ends with: how a page notices what its owner did in another one."""
    actor, video = _video(request, video_id)
    found = conversation_for_video(actor=actor, video=video)
    return JsonResponse({"shown": str(found.active_answer_id) if found and found.active_answer_id else ""})


@login_required
@require_POST
def ask(request: HttpRequest, video_id: uuid.UUID) -> HttpResponse:
    actor, video = _video(request, video_id)
    parent_id = request.POST.get("parent", "")
    answer = question_ask(
        actor=actor,
        video=video,
        text=request.POST.get("text", ""),
        parent=answer_get_for_actor(actor, _uuid(parent_id)) if parent_id else None,
        window=_window(request),
        request_key=_request_key(request),
    )
    return _changed(request, actor, answer)


@login_required
@require_POST
def edit(request: HttpRequest, question_id: uuid.UUID) -> HttpResponse:
    actor = page_actor(request.user)
    question = question_get_for_actor(actor, question_id)
    video_look(actor, question.conversation.video, part="question")
    text = request.POST.get("text", "")
    answer = question_edit(actor=actor, question=question, text=text, request_key=_request_key(request))
    return _changed(request, actor, answer)


@login_required
@require_POST
def regenerate(request: HttpRequest, answer_id: uuid.UUID) -> HttpResponse:
    actor, earlier = _answer(request, answer_id)
    answer = answer_regenerate(actor=actor, answer=earlier, request_key=_request_key(request))
    return _changed(request, actor, answer)


@login_required
@require_POST
def stop(request: HttpRequest, answer_id: uuid.UUID) -> HttpResponse:
    actor, answer = _answer(request, answer_id)
    answer_stop(answer, actor=actor)
    return JsonResponse(answer_state(answer_get_for_actor(actor, answer_id)), status=202)


@login_required
@require_POST
def show(request: HttpRequest, answer_id: uuid.UUID) -> HttpResponse:
    actor, answer = _answer(request, answer_id)
    answer_show(answer)
    return _changed(request, actor, answer, status=200)


@login_required
@require_POST
def thumb(request: HttpRequest, answer_id: uuid.UUID) -> HttpResponse:
    actor, answer = _answer(request, answer_id)
    thumb, reason = request.POST.get("thumb", ""), request.POST.get("reason", "")
    answer_set_thumb(answer, actor=actor, thumb=thumb, reason=reason)
    return JsonResponse({"thumb": answer.thumb, "reason": answer.thumb_reason})


@login_required
@require_GET
@never_cache
def answer(request: HttpRequest, answer_id: uuid.UUID) -> HttpResponse:
    """The row, for a page that cannot have live news."""
    _, found = _answer(request, answer_id)
    return JsonResponse(answer_state(found) | {"is_looked_after": answer_is_looked_after(found)})


def _video(request: HttpRequest, video_id: uuid.UUID) -> tuple[Actor, Video]:
    actor = page_actor(request.user)
    video = video_get_for_actor(actor, video_id)
    video_look(actor, video, part="conversation")
    return actor, video


def _answer(request: HttpRequest, answer_id: uuid.UUID) -> tuple[Actor, Answer]:
    actor = page_actor(request.user)
    found = answer_get_for_actor(actor, answer_id)
    video_look(actor, found.question.conversation.video, part="answer")
    return actor, found


def _changed(request: HttpRequest, actor: Actor, answer: Answer, *, status: int = 202) -> JsonResponse:
    """What stands before the answer's question is as it was, however long the conversation is."""
    video = answer.question.conversation.video
    context = _thread_context(actor, video, after=answer.question.parent_id)
    thread = render_to_string("conversations/_thread.html", context, request=request)
    return JsonResponse({"answer": str(answer.pk), "after": context["after"], "thread": thread}, status=status)


def _thread_context(actor: Actor, video: Video, *, after: uuid.UUID | None = None) -> dict[str, Any]:
    conversation = conversation_for_video(actor=actor, video=video)
    shown = thread_shown(conversation, after=after)
    return {
        "video": video,
        "is_ready": video.status == Video.Status.READY,
        "is_processing": video.status == Video.Status.PROCESSING,
        "views": [AnswerView(turn=turn) for turn in shown.turns],
        "after": str(shown.after) if shown.after else None,
        "shown": conversation.active_answer_id if conversation else None,
    }


def _request_key(request: HttpRequest) -> str:
    return request.headers.get("Idempotency-Key", "")


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise InvalidInput("That is not the id of an answer.", code="parent_invalid") from error


def _window(request: HttpRequest) -> Window | None:
    start, end = request.POST.get("window_start_s", ""), request.POST.get("window_end_s", "")
    if not start and not end:
        return None
    try:
        return Window(start_s=float(start), end_s=float(end))
    except ValueError as error:
        raise InvalidInput("Choose the part of the video again.", code="window_invalid") from error
