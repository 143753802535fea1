"""The websocket of one answer. It lets the asker in, sends what there is, then follows; it writes nothing."""

import asyncio
import contextlib
import json
import uuid
from typing import Any
from urllib.parse import parse_qs

from asgiref.sync import sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from webapp.conversations.readers import Reader
from webapp.conversations.updates import answer_updates
from webapp.lib import events
from webapp.lib.errors import ApplicationError, SignInNeeded

CLOSE_DONE = 1000
CLOSE_SIGNED_OUT = 4401
CLOSE_NOT_FOUND = 4404
CLOSE_UNAVAILABLE = 4503


def close_code(refusal: ApplicationError) -> int:
    return CLOSE_SIGNED_OUT if isinstance(refusal, SignInNeeded) else CLOSE_NOT_FOUND


class AnswerConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """`/ws/answers/<id>/?after=<seq>`: see updates.py for the messages."""

    # Every reader reads the answer's stream itself; group messages could be dropped unnoticed.
    channel_layer_alias = "none"

    async def connect(self) -> None:
        self.relay: asyncio.Task[None] | None = None
        answer_id: uuid.UUID = self.scope["url_route"]["kwargs"]["answer_id"]
        self.reader = Reader(session_key=self.scope["session"].session_key, answer_id=answer_id)
        refusal = await sync_to_async(self.reader.refusal)()
        if refusal is not None:
            # Closed before it was accepted, it is a plain 403.
            await self.close(close_code(refusal))
            return
        await sync_to_async(self.reader.look)()
        await self.accept()
        self.relay = asyncio.create_task(self._relay(after=self._after()))

    async def disconnect(self, _code: int) -> None:
        if self.relay is None or self.relay is asyncio.current_task():
            return
        self.relay.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.relay

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Nothing that a client sends is listened to; questions and stops are ordinary requests."""

    async def _relay(self, *, after: str) -> None:
        message: dict[str, Any] = {}
        async for message in answer_updates(self.reader, after=after):
            await self.send(text_data=json.dumps(message))
        await self.close(await self._ending(message))

    async def _ending(self, last: dict[str, Any]) -> int:
        if last.get("type") == "unavailable":
            return CLOSE_UNAVAILABLE
        refusal = await sync_to_async(self.reader.refusal)() if last.get("type") == "gone" else None
        return CLOSE_DONE if refusal is None else close_code(refusal)

    def _after(self) -> str:
        query = parse_qs(self.scope.get("query_string", b"").decode("ascii", "ignore"))
        after = query.get("after", [events.START])[0]
        return after if events.is_seq(after) else events.START
