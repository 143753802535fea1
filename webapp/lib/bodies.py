"""Bodies on their way into Django, which takes in whatever comes before it asks who sends it.

A body is as long as BODY_MAX_BYTES, on addresses for large ones (`large`) as long as an upload, for who may send one.
It comes at a pace: who sends less than MIN_BYTES_PER_S after SLOW_START_S holds a place that others need. Uploads
(tus) are not led through here; they keep what came of a body that broke off.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings

from webapp.lib.errors import ApplicationError, SlowBody, TooLarge
from webapp.lib.http import PROBLEM_CONTENT_TYPE, PROGRAM_PATHS, problem

# More than any form or JSON of ours: views have limits of their own below it.
BODY_MAX_BYTES = 8 * 1024 * 1024
SLOW_START_S = 20.0
MIN_BYTES_PER_S = 16 * 1024

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Any, Receive, Send], Awaitable[None]]
# From an Authorization header; raises an ApplicationError for who may not.
Door = Callable[[str], object]


class BoundedBodies:
    def __init__(self, app: App, *, large: Mapping[str, Door]) -> None:
        self._app = app
        self._large = large

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        door = self._large.get(scope["path"].rstrip("/"))
        try:
            if door is not None:
                await sync_to_async(door)(header_of(scope, b"authorization"))
            body = _Body(receive, limit_bytes=settings.UPLOAD_MAX_BYTES if door else BODY_MAX_BYTES)
            body.require_length(header_of(scope, b"content-length"))
            await self._app(scope, body.receive, send)
        except _Refused as refused:
            await _answer(send, scope, refused.error)
        except ApplicationError as error:
            await _answer(send, scope, error)


class _Refused(Exception):
    """Goes through Django, which is still waiting for the body then and has answered nothing."""

    def __init__(self, error: ApplicationError) -> None:
        super().__init__(error)
        self.error = error


class _Body:
    def __init__(self, receive: Receive, *, limit_bytes: int) -> None:
        self._receive = receive
        self._limit_bytes = limit_bytes
        self._num_bytes = 0
        self._is_whole = False
        self._started_s = time.monotonic()

    def require_length(self, declared: str) -> None:
        """Before the first byte is read, where the client says what is coming."""
        is_number = declared.isascii() and declared.isdigit()
        if is_number and (len(declared) > 18 or int(declared) > self._limit_bytes):
            raise _Refused(self._too_large())

    async def receive(self) -> Any:
        if self._is_whole:
            return await self._receive()
        message = await self._in_time()
        if message["type"] == "http.request":
            self._num_bytes += len(message.get("body", b""))
            self._is_whole = not message.get("more_body", False)
        if self._num_bytes > self._limit_bytes:
            raise _Refused(self._too_large())
        return message

    async def _in_time(self) -> Any:
        left_s = self._started_s + SLOW_START_S + self._num_bytes / MIN_BYTES_PER_S - time.monotonic()
        try:
            async with asyncio.timeout(max(0.0, left_s)):
                return await self._receive()
        except TimeoutError as error:
            raise _Refused(SlowBody()) from error

    def _too_large(self) -> TooLarge:
        return TooLarge(f"A body has at most {self._limit_bytes} bytes here.", "body_too_large")


def header_of(scope: Any, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


async def _answer(send: Send, scope: Any, error: ApplicationError) -> None:
    """And hangs up: what is still to come of the body is read by nobody."""
    is_program = scope["path"].startswith(PROGRAM_PATHS)
    body = problem(error, instance=scope["path"]).content if is_program else error.message.encode()
    content_type = PROBLEM_CONTENT_TYPE if is_program else "text/plain; charset=utf-8"
    headers = [
        (b"content-type", content_type.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers.append((b"www-authenticate", b'Bearer realm="debrief"'))
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
