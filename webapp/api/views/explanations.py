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
from webapp.api.bearer import Access, access_of
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
from webapp.learning.explanations import explanation_ask, item_explanation_ask
from webapp.learning.models import Explanation
from webapp.learning.selectors import (
    explanation_get_for_actor,
    explanations_of,
    explanations_of_item,
    report_item_by_key,
)
from webapp.lib.errors import ApplicationError
from webapp.skills.looks import report_look
from webapp.skills.models import ReportItem
from webapp.videos.looks import video_look

# Of an answer, and of an item of a skill report.
OF_ANSWERS, OF_REPORTS = "conversations:read", "skills:read"
ASK_AGAIN_S = "3"
LOOK_EVERY_S = 1.0
PING_EVERY_S = 10.0


class ExplanationListView(ApiView):
    scopes: ClassVar = {"GET": OF_ANSWERS, "POST": "conversations:write"}
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
        return _queued(explanation_ask(_looked_at(self.actor, answer_id), actor=self.actor))


class ItemExplanationListView(ApiView):
    scopes: ClassVar = {"GET": OF_REPORTS, "POST": "skills:write"}
    query = PageQuery

    @extend_schema(
        operation_id="item_explanations_list",
        parameters=[PageQuery],
        responses={200: page_serializer(wire.ExplanationOut), **problems(404, 409)},
    )
    def get(self, request: Request, report_id: uuid.UUID, key: str) -> Response:
        """Of one item of a skill report, newest first. 409 while the report is sealed to the caller."""
        rows = explanations_of_item(self._item(report_id, key)).select_related("report_item__item")
        return listed(self.page(rows, by=("created_at", "pk")), wire.explanation_body)

    @extend_schema(
        operation_id="item_explanations_ask",
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses={202: wire.ExplanationQueuedOut, **problems(400, 404, 409, 422)},
    )
    @idempotent
    def post(self, request: Request, report_id: uuid.UUID, key: str) -> Response:
        """Why the comparison gives what it gives. 409 where it says nothing of the item."""
        return _queued(item_explanation_ask(self._item(report_id, key), actor=self.actor))

    def _item(self, report_id: uuid.UUID, key: str) -> ReportItem:
        item = report_item_by_key(self.actor, report_id, key)
        report_look(self.actor, item.report)
        return item


class ExplanationView(ApiView):
    @extend_schema(operation_id="explanations_get", responses={200: wire.ExplanationOut, **problems(404)})
    def get(self, request: Request, explanation_id: uuid.UUID) -> Response:
        """The steps so far, each with what code found of it."""
        explanation = _found(self.access, explanation_id)
        response = tagged(request, wire.explanation_body(explanation))
        if explanation.is_open:
            response["Retry-After"] = ASK_AGAIN_S
        return response


class ExplanationEventsView(ApiView):
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
        _found(self.access, explanation_id)
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
        return wire.explanation_body(_readable(access_of(authorization), explanation_id))
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


def _found(access: Access, explanation_id: uuid.UUID) -> Explanation:
    explanation = _readable(access, explanation_id)
    if explanation.answer is not None:
        video_look(access.actor, explanation.answer.question.conversation.video, part="explanation")
    elif explanation.report_item is not None:
        report_look(access.actor, explanation.report_item.report)
    return explanation


def _readable(access: Access, explanation_id: uuid.UUID) -> Explanation:
    """Which scope is needed shows once it is found. Raises NotFound or PermissionRefused."""
    explanation = explanation_get_for_actor(access.actor, explanation_id)
    access.require(OF_ANSWERS if explanation.answer_id is not None else OF_REPORTS)
    return explanation


def _queued(explanation: Explanation) -> Response:
    body = wire.queued_body(explanation)
    headers = {"Location": body["explanation_url"], "Retry-After": ASK_AGAIN_S}
    return Response(body, status=202, headers=headers)
