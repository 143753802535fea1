"""An answer while it is written, as server-sent events: those of the page, with the row instead of its HTML."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, ClassVar

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from webapp.accounts.actors import Actor
from webapp.api.bearer import bearer_actor
from webapp.api.serializers.conversations import answer_body
from webapp.api.views.base import ApiView
from webapp.api.views.schema import LAST_EVENT_ID, problems
from webapp.conversations.readers import Reader
from webapp.conversations.selectors import answer_get, claims_for_answer
from webapp.conversations.sse import after_of, sse_event
from webapp.conversations.updates import Message, answer_updates

READ = "conversations:read"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenReader(Reader):
    """Asked again all the while: a token that was revoked reads no further."""

    authorization: str

    def actor(self) -> Actor:
        return bearer_actor(self.authorization, READ)


class EventStreamRenderer(BaseRenderer):
    """Named for negotiation alone: the stream is written as it comes."""

    media_type = "text/event-stream"
    format = "sse"


class FirstRenderer(BaseContentNegotiation):
    """Events are events, whatever Accept says: EventSource of some libraries sends nothing useful."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class AnswerEventsView(ApiView):
    scopes: ClassVar = {"GET": READ}
    renderer_classes = (EventStreamRenderer,)
    content_negotiation_class = FirstRenderer

    @extend_schema(
        operation_id="answers_events",
        parameters=[LAST_EVENT_ID],
        responses={(200, "text/event-stream"): OpenApiTypes.STR, **problems(404)},
    )
    def get(self, request: Request, answer_id: uuid.UUID) -> StreamingHttpResponse:
        """`snapshot`, then `state`, `delta` (`text`, `offset`) and `ping`; `final` brings the answer and is the last.

        A client that reconnects with Last-Event-ID gets what came after it.
        """
        reader = TokenReader(answer_id=answer_id, authorization=request.headers["Authorization"])
        reader.look()
        stream = StreamingHttpResponse(
            _lines(reader, after=after_of(request._request)), content_type="text/event-stream"
        )
        stream["Cache-Control"] = "no-store"
        stream["X-Accel-Buffering"] = "no"
        return stream


async def _lines(reader: Reader, *, after: str) -> AsyncIterator[str]:
    async for message in answer_updates(reader, after=after):
        yield sse_event(await _without_html(reader, message))


async def _without_html(reader: Reader, message: Message) -> Message:
    if message.pop("html", None) is not None:
        message["answer"] = await sync_to_async(_row)(reader.answer_id)
    return message


def _row(answer_id: uuid.UUID) -> dict[str, Any] | None:
    answer = answer_get(answer_id)
    return answer_body(answer, claims_for_answer(answer)) if answer else None
