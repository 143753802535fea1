"""What people do in a conversation: ask, edit, ask again, stop, judge. What a worker does is in outcomes.py."""

import uuid

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from webapp.accounts.actors import Actor
from webapp.accounts.models import User
from webapp.audit.actions import Action
from webapp.audit.services import audit_record
from webapp.conversations import news
from webapp.conversations.jobs import ANSWER
from webapp.conversations.models import Answer, Conversation, Question
from webapp.conversations.outcomes import answer_cancelled
from webapp.conversations.text import (
    Window,
    clean_question,
    clean_reason,
    clean_request_key,
    clean_window,
)
from webapp.conversations.thread import Tree
from webapp.jobs.selectors import count_open_jobs
from webapp.jobs.services import job_cancel, job_create
from webapp.lib import events
from webapp.lib.commits import after_commit
from webapp.lib.errors import Conflict, InvalidInput, TooManyAttempts
from webapp.videos.models import Video

ACTIVE = (Answer.Status.QUEUED, Answer.Status.RUNNING)


def question_ask(
    *,
    actor: Actor,
    video: Video,
    text: str,
    parent: Answer | None = None,
    window: Window | None = None,
    request_key: str = "",
) -> Answer:
    """Queues an answer to a new question after `parent` (None: a first question).

    The same `request_key` again returns the answer that was queued the first time.
    """
    text = clean_question(text)
    window = clean_window(window, duration_s=video.content.duration_s)
    _require_ready(video)
    with transaction.atomic():
        conversation = _conversation_locked(user=actor.person, video=video)
        earlier = _asked_before(conversation, clean_request_key(request_key))
        if earlier is not None:
            return earlier
        if parent is not None and parent.question.conversation_id != conversation.pk:
            raise InvalidInput("That answer belongs to another conversation.", code="parent_invalid")
        _require_quiet(conversation)
        question = Question.objects.create(
            conversation=conversation,
            parent=parent,
            text=text,
            window_start_s=window.start_s if window else None,
            window_end_s=window.end_s if window else None,
            request_key=request_key,
        )
        return _answer_queue(question, actor=actor)


def question_edit(*, actor: Actor, question: Question, text: str, request_key: str = "") -> Answer:
    """Asks the changed question in a new branch beside the old one, about the same part of the video."""
    window = None
    if question.window_start_s is not None and question.window_end_s is not None:
        window = Window(start_s=question.window_start_s, end_s=question.window_end_s)
    return question_ask(
        actor=actor,
        video=question.conversation.video,
        text=text,
        parent=question.parent,
        window=window,
        request_key=request_key,
    )


def answer_regenerate(*, actor: Actor, answer: Answer, request_key: str = "") -> Answer:
    """Queues another answer to the same question. One that is still being written is asked to stop; both are kept."""
    _require_ready(answer.question.conversation.video)
    with transaction.atomic():
        conversation = _conversation_locked(user=actor.person, video=answer.question.conversation.video)
        key = clean_request_key(request_key)
        earlier = Answer.objects.filter(question=answer.question, request_key=key).first() if key else None
        if earlier is not None:
            return earlier
        _stop(answer)
        _require_quiet(conversation, besides=answer.question)
        return _answer_queue(answer.question, actor=actor, request_key=key)


def answer_stop(answer: Answer, *, actor: Actor) -> None:
    """Waiting: it ends at once. Being written: the worker is told, and keeps what was written. Finished: unchanged."""
    if not answer.is_active:
        return
    with transaction.atomic():
        _stop(answer)
        _record(Action.ANSWER_STOP, answer, actor=actor)


def _stop(answer: Answer) -> None:
    if not answer.is_active:
        return
    if answer.job is None:
        answer_cancelled(answer.pk)
        return
    job_cancel(answer.job, actor=None)
    after_commit(events.raise_flag, news.stop_key(answer.pk))


def answer_show(answer: Answer) -> None:
    """Makes the branch that goes through this answer the one that is shown, down to its newest leaf."""
    conversation = answer.question.conversation
    conversation.active_answer_id = Tree(conversation).newest_leaf(answer.pk)
    conversation.save(update_fields=["active_answer"])


def answer_set_thumb(answer: Answer, *, actor: Actor, thumb: str, reason: str = "") -> Answer:
    """An empty thumb takes the judgement back."""
    if thumb not in {"", *Answer.Thumb.values}:
        raise InvalidInput("A judgement is either up or down.", code="thumb_invalid")
    answer.thumb = thumb
    answer.thumb_reason = clean_reason(reason) if thumb else ""
    with transaction.atomic():
        answer.save(update_fields=["thumb", "thumb_reason"])
        _record(Action.ANSWER_JUDGE, answer, actor=actor)
    return answer


def _require_ready(video: Video) -> None:
    if video.status == Video.Status.READY:
        return
    if video.status == Video.Status.PROCESSING:
        message = "This video is still being prepared. Your question is kept; send it once the video is ready."
    else:
        message = "This video could not be prepared, so it cannot be asked about."
    raise Conflict(message, code="video_not_ready")


def _require_quiet(conversation: Conversation, *, besides: Question | None = None) -> None:
    """One answer at a time in a conversation: a follow-up needs the text that it follows."""
    writing = Answer.objects.filter(question__conversation=conversation, status__in=ACTIVE)
    if besides is not None:
        writing = writing.exclude(question=besides)
    if writing.exists():
        raise Conflict(
            "The assistant is still answering your last question. Stop it, or wait until it is done.",
            code="answer_running",
        )


def _require_place(user: User) -> None:
    """Raises TooManyAttempts. The assistant answers few at a time; nobody may take all of its places."""
    User.objects.select_for_update().get(pk=user.pk)
    if count_open_jobs(user, kind=ANSWER.name) >= settings.OPEN_ANSWERS_MAX:
        raise TooManyAttempts(
            f"The assistant is still at {settings.OPEN_ANSWERS_MAX} of your questions. Wait until one is done.",
            code="too_many_open_answers",
        )


def _conversation_locked(*, user: User, video: Video) -> Conversation:
    """Two tabs that ask at once come one after the other."""
    conversation, _ = Conversation.objects.get_or_create(video=video, owner=user)
    return Conversation.objects.select_for_update().get(pk=conversation.pk)


def _asked_before(conversation: Conversation, request_key: str) -> Answer | None:
    if not request_key:
        return None
    return Answer.objects.filter(question__conversation=conversation, question__request_key=request_key).first()


def _answer_queue(question: Question, *, actor: Actor, request_key: str = "") -> Answer:
    _require_place(actor.person)
    conversation = question.conversation
    video = conversation.video
    job = job_create(
        kind=ANSWER,
        owner=actor.person,
        hospital=video.hospital,
        # Administrators see every job; a question is between the asker and the assistant.
        title=video.title,
        url=reverse("video", args=[video.pk]),
    )
    answer = Answer.objects.create(id=uuid.uuid4(), question=question, job=job, request_key=request_key)
    conversation.active_answer = answer
    conversation.save(update_fields=["active_answer"])
    _record(Action.QUESTION_ASK, answer, actor=actor)
    return answer


def conversation_note_export(video: Video, *, actor: Actor, kind: str, num_turns: int) -> None:
    """It leaves the house: how much of it did, and in which form, is written down."""
    actor.require("conversations")
    audit_record(
        action=Action.CONVERSATION_EXPORT,
        actor=actor,
        hospital=video.hospital,
        object_type="video",
        object_id=str(video.pk),
        detail={"form": kind, "turns": num_turns},
    )


def _record(action: Action, answer: Answer, *, actor: Actor) -> None:
    """Ids alone: what was asked is between the asker and the assistant."""
    actor.require("conversations")
    video = answer.question.conversation.video
    audit_record(
        action=action,
        actor=actor,
        hospital=video.hospital,
        object_type="answer",
        object_id=str(answer.pk),
        detail={"video": str(video.pk)},
    )
