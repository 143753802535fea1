"""Why an answer says what it says: asked with 202, answered by asking again, by events or by a webhook."""

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any, ClassVar

from asgiref.sync import sync_to_async
from django.db import OperationalError
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from webapp.accounts.actors import Actor
from webapp.api.bearer import bearer_actor
from webapp.api.conditional import tagged
from webapp.api.idempotency import idempotent
from webapp.api.serializers import explanations as wire
from webapp.api.serializers.out import page_serializer
from webapp.api.serializers.strict import PageQuery
from webapp.api.views.base import ApiView, listed
from webapp.api.views.events import EventStreamRenderer, FirstRenderer
from webapp.api.views.schema import IDEMPOTENCY_KEY, LAST_EVENT_ID, problems
from webapp.conversations.models import Answer
from webapp.conversations.selectors import answer_get_for_actor
from webapp.learning.explanations import explanation_ask
from webapp.learning.models import Explanation
from webapp.learning.selectors import explanation_get_for_actor, explanations_of
from webapp.lib.errors import ApplicationError
from webapp.videos.looks import video_look

READ = "conversations:read"
ASK_AGAIN_S = "3"
LOOK_EVERY_S = 1.0
PING_EVERY_S = 10.0


class ExplanationListView(ApiView):
    scopes: ClassVar = {"GET": READ, "POST": "conversations:write"}
    query = PageQuery

    @extend_schema(
        operation_id="explanations_list",
        parameters=[PageQuery],
        responses={200: page_serializer(wire.ExplanationOut), **problems(404)},
    )
    def get(self, request: Request, answer_id: uuid.UUID) -> Response:
        """Of one answer, newest first."""
        answer = _looked_at(self.actor, answer_id)
        return listed(self.page(explanations_of(answer), by=("created_at", "pk")), wire.explanation_body)

    @extend_schema(
        operation_id="explanations_ask",
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses={202: wire.ExplanationQueuedOut, **problems(400, 404, 409, 422)},
    )
    @idempotent
    def post(self, request: Request, answer_id: uuid.UUID) -> Response:
        """Queues one, or tells of the one that is being written. 409 while the answer is not there yet."""
        body = wire.queued_body(explanation_ask(_looked_at(self.actor, answer_id), actor=self.actor))
        headers = {"Location": body["explanation_url"], "Retry-After": ASK_AGAIN_S}
        return Response(body, status=202, headers=headers)


class ExplanationView(ApiView):
    scopes: ClassVar = {"GET": READ}

    @extend_schema(operation_id="explanations_get", responses={200: wire.ExplanationOut, **problems(404)})
    def get(self, request: Request, explanation_id: uuid.UUID) -> Response:
        """The steps so far, each with what code found of it."""
        explanation = _found(self.actor, explanation_id)
        response = tagged(request, wire.explanation_body(explanation))
        if explanation.is_open:
            response["Retry-After"] = ASK_AGAIN_S
        return response


class ExplanationEventsView(ApiView):
    scopes: ClassVar = {"GET": READ}
    renderer_classes = (EventStreamRenderer,)
    content_negotiation_class = FirstRenderer

    @extend_schema(
        operation_id="explanations_events",
        parameters=[LAST_EVENT_ID],
        responses={(200, "text/event-stream"): OpenApiTypes.STR, **problems(404)},
    )
    def get(self, request: Request, explanation_id: uuid.UUID) -> StreamingHttpResponse:
        """`step` (`number`, and the step as it was checked) for each; `final` brings the explanation and is the last.

        The id of an event is the number of its step: a client that reconnects with Last-Event-ID gets those after it.
        `restart` says that a worker began anew: what came before is forgotten, and numbers begin at 1.
        """
        _found(self.actor, explanation_id)
        lines = _lines(explanation_id, authorization=request.headers["Authorization"], after=_after(request))
        stream = StreamingHttpResponse(lines, content_type="text/event-stream")
        stream["Cache-Control"] = "no-store"
        stream["X-Accel-Buffering"] = "no"
        return stream


async def _lines(explanation_id: uuid.UUID, *, authorization: str, after: int) -> AsyncIterator[str]:
    """Asks again all the while who reads: a token that was revoked reads no further."""
    told, spoke_at_s = after, time.monotonic()
    while True:
        try:
            found = await sync_to_async(_body)(explanation_id, authorization)
        except ApplicationError as error:
            yield _event({"type": "gone", "message": error.message})
            return
        if found is not None:
            if told > len(found["steps"]):
                told = 0
                yield _event({"type": "restart"})
            for number, step in enumerate(found["steps"][told:], start=told + 1):
                yield _event({"type": "step", "number": number, **step}, number=number)
                told, spoke_at_s = number, time.monotonic()
            if found["status"] not in ("queued", "running"):
                yield _event({"type": "final", "explanation": found})
                return
        if time.monotonic() - spoke_at_s >= PING_EVERY_S:
            spoke_at_s = time.monotonic()
            yield _event({"type": "ping"})
        await asyncio.sleep(LOOK_EVERY_S)


def _body(explanation_id: uuid.UUID, authorization: str) -> dict[str, Any] | None:
    """None where the database did not answer: that takes nobody's right away. Raises what ends the stream."""
    try:
        actor = bearer_actor(authorization, READ)
        return wire.explanation_body(explanation_get_for_actor(actor, explanation_id))
    except OperationalError:
        return None


def _event(message: dict[str, Any], *, number: int = 0) -> str:
    head = f"id: {number}\n" if number else ""
    return f"{head}data: {json.dumps(message)}\n\n"


def _after(request: Request) -> int:
    """The first step for what cannot be the number of one."""
    given = request.headers.get("Last-Event-ID", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 5 else 0


def _looked_at(actor: Actor, answer_id: uuid.UUID) -> Answer:
    answer = answer_get_for_actor(actor, answer_id)
    video_look(actor, answer.question.conversation.video, part="explanation")
    return answer


def _found(actor: Actor, explanation_id: uuid.UUID) -> Explanation:
    explanation = explanation_get_for_actor(actor, explanation_id)
    video_look(actor, explanation.answer.question.conversation.video, part="explanation")
    return explanation
