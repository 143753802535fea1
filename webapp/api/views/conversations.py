"""Questions and answers: asked with 202, answered by asking again, by events or by a webhook."""

import uuid
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from webapp.accounts.actors import Actor
from webapp.api.conditional import tagged
from webapp.api.errors import FieldError, InvalidFields
from webapp.api.idempotency import idempotent, key_of
from webapp.api.serializers import conversations as wire
from webapp.api.serializers.out import page_serializer
from webapp.api.serializers.strict import PageQuery
from webapp.api.views.base import ApiView, listed
from webapp.api.views.schema import IDEMPOTENCY_KEY, problems
from webapp.conversations import services
from webapp.conversations.models import Answer
from webapp.conversations.selectors import (
    answer_get_for_actor,
    claims_for_answer,
    conversation_get_for_actor,
    conversation_list_for_actor,
    question_get_for_actor,
    questions_of,
)
from webapp.conversations.text import Window
from webapp.videos.looks import library_look, video_look
from webapp.videos.selectors import video_get_for_actor

ASK_AGAIN_S = "2"


class QuestionAskView(ApiView):
    scopes: ClassVar = {"POST": "conversations:write"}

    @extend_schema(
        operation_id="questions_ask",
        parameters=[IDEMPOTENCY_KEY],
        request=wire.QuestionIn,
        responses={202: wire.QueuedOut, **problems(400, 404, 409, 422)},
    )
    @idempotent
    def post(self, request: Request, video_id: uuid.UUID) -> Response:
        """Queues an answer. One answer at a time in a conversation: 409 while another is being written."""
        video = video_get_for_actor(self.actor, video_id)
        asked = self.body(wire.QuestionIn)
        video_look(self.actor, video, part="conversation")
        answer = services.question_ask(
            actor=self.actor,
            video=video,
            text=asked["text"],
            parent=_followed(self.actor, asked.get("follows")),
            window=_window(asked),
            request_key=key_of(request),
        )
        return _queued(answer)


class ConversationListView(ApiView):
    scopes: ClassVar = {"GET": "conversations:read"}
    query = PageQuery

    @extend_schema(
        operation_id="conversations_list",
        parameters=[PageQuery],
        responses={200: page_serializer(wire.ConversationOut), **problems(404)},
    )
    def get(self, request: Request) -> Response:
        """The caller's own, newest first."""
        rows = conversation_list_for_actor(self.actor).select_related("video")
        page = self.page(rows, by=("created_at", "pk"))
        library_look(self.actor, [row.video for row in page.rows])
        return listed(page, wire.conversation_body)


class ConversationView(ApiView):
    scopes: ClassVar = {"GET": "conversations:read"}

    @extend_schema(operation_id="conversations_get", responses={200: wire.ConversationOut, **problems(404)})
    def get(self, request: Request, conversation_id: uuid.UUID) -> Response:
        found = conversation_get_for_actor(self.actor, conversation_id)
        video_look(self.actor, found.video, part="conversation")
        return tagged(request, wire.conversation_body(found))


class ConversationQuestionsView(ApiView):
    scopes: ClassVar = {"GET": "conversations:read"}
    query = PageQuery

    @extend_schema(
        operation_id="questions_list",
        parameters=[PageQuery],
        responses={200: page_serializer(wire.QuestionOut), **problems(404)},
    )
    def get(self, request: Request, conversation_id: uuid.UUID) -> Response:
        """The oldest first, all branches."""
        found = conversation_get_for_actor(self.actor, conversation_id)
        video_look(self.actor, found.video, part="conversation")
        return listed(self.page(questions_of(found), by=("created_at", "pk"), is_rising=True), wire.question_body)


class QuestionView(ApiView):
    scopes: ClassVar = {"GET": "conversations:read"}

    @extend_schema(operation_id="questions_get", responses={200: wire.QuestionOut, **problems(404)})
    def get(self, request: Request, question_id: uuid.UUID) -> Response:
        question = question_get_for_actor(self.actor, question_id)
        video_look(self.actor, question.conversation.video, part="question")
        return tagged(request, wire.question_body(question))


class AnswerAgainView(ApiView):
    scopes: ClassVar = {"POST": "conversations:write"}

    @extend_schema(
        operation_id="answers_again",
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses={202: wire.QueuedOut, **problems(400, 404, 409, 422)},
    )
    @idempotent
    def post(self, request: Request, answer_id: uuid.UUID) -> Response:
        """Another answer to the same question; both are kept."""
        earlier = self._found(answer_id)
        return _queued(services.answer_regenerate(actor=self.actor, answer=earlier, request_key=key_of(request)))

    def _found(self, answer_id: uuid.UUID) -> Answer:
        return _looked_at(self.actor, answer_id)


class AnswerView(ApiView):
    scopes: ClassVar = {"GET": "conversations:read"}

    @extend_schema(operation_id="answers_get", responses={200: wire.AnswerOut, **problems(404)})
    def get(self, request: Request, answer_id: uuid.UUID) -> Response:
        """With its claims and what the timeline says of each."""
        answer = _looked_at(self.actor, answer_id)
        response = tagged(request, _body(answer))
        if answer.is_active:
            response["Retry-After"] = ASK_AGAIN_S
        return response


class AnswerStopView(ApiView):
    scopes: ClassVar = {"POST": "conversations:write"}

    @extend_schema(operation_id="answers_stop", request=None, responses={202: wire.AnswerOut, **problems(404)})
    def post(self, request: Request, answer_id: uuid.UUID) -> Response:
        """What was written by then is kept."""
        services.answer_stop(_looked_at(self.actor, answer_id), actor=self.actor)
        return Response(_body(answer_get_for_actor(self.actor, answer_id)), status=202)


class JudgementView(ApiView):
    scopes: ClassVar = {"PUT": "conversations:write"}

    @extend_schema(
        operation_id="answers_judge",
        request=wire.JudgementIn,
        responses={200: wire.AnswerOut, **problems(404, 422)},
    )
    def put(self, request: Request, answer_id: uuid.UUID) -> Response:
        """Helpful or not, and why."""
        answer = _looked_at(self.actor, answer_id)
        services.answer_set_thumb(answer, actor=self.actor, **self.body(wire.JudgementIn))
        return Response(_body(answer))


def _queued(answer: Answer) -> Response:
    body = wire.queued_body(answer)
    return Response(body, status=202, headers={"Location": body["job_url"], "Retry-After": ASK_AGAIN_S})


def _looked_at(actor: Actor, answer_id: uuid.UUID) -> Answer:
    answer = answer_get_for_actor(actor, answer_id)
    video_look(actor, answer.question.conversation.video, part="answer")
    return answer


def _body(answer: Answer) -> dict[str, Any]:
    return wire.answer_body(answer, claims_for_answer(answer))


def _followed(actor: Actor, answer_id: uuid.UUID | None) -> Answer | None:
    return answer_get_for_actor(actor, answer_id) if answer_id is not None else None


def _window(asked: dict[str, Any]) -> Window | None:
    start_s, end_s = asked.get("window_start_s"), asked.get("window_end_s")
    if start_s is None and end_s is None:
        return None
    if start_s is None or end_s is None:
        missing = "#/window_start_s" if start_s is None else "#/window_end_s"
        raise InvalidFields(fields=(FieldError(detail="Both ends of the window are needed.", pointer=missing),))
    return Window(start_s=start_s, end_s=end_s)
