"""Server-sent events of one answer, for networks that block websockets. The messages are those of updates.py."""

import json
import uuid
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_GET

from webapp.conversations.readers import Reader
from webapp.conversations.updates import Message, answer_updates
from webapp.lib import events


@login_required
@require_GET
async def answer_events(request: HttpRequest, answer_id: uuid.UUID) -> StreamingHttpResponse:
    """After `Last-Event-ID` (a browser that reconnects) or `?after=` (one that starts)."""
    reader = Reader(session_key=request.session.session_key, answer_id=answer_id)
    await sync_to_async(reader.look)()
    stream = StreamingHttpResponse(_lines(reader, after=after_of(request)), content_type="text/event-stream")
    stream["Cache-Control"] = "no-store"
    # nginx would otherwise hold the lines back.
    stream["X-Accel-Buffering"] = "no"
    return stream


async def _lines(reader: Reader, *, after: str) -> AsyncIterator[str]:
    async for message in answer_updates(reader, after=after):
        yield sse_event(message)


def sse_event(message: Message) -> str:
    """JSON has no raw line breaks, so one data line is enough."""
    seq = message.get("seq")
    head = f"id: {seq}\n" if seq else ""
    return f"{head}data: {json.dumps(message)}\n\n"


def after_of(request: HttpRequest) -> str:
    """The seq behind which a reader goes on; the start for what cannot be one."""
    after = request.headers.get("Last-Event-ID") or request.GET.get("after", events.START)
    return after if events.is_seq(after) else events.START
