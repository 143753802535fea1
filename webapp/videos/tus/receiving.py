"""One body on its way to disk: pieces of a MiB, written in threads, made durable at short distances.

A crash loses at most the bytes since the last durable point. A body with a declared checksum counts wholly or not at
all, so it has no such points.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from django.conf import settings
from django.db import connections

from webapp.lib.trouble import storage_trouble
from webapp.videos.models import Upload
from webapp.videos.parts import PartFile
from webapp.videos.tus.digests import RunningDigest
from webapp.videos.tus.protocol import CHECKSUM_MISMATCH, Checksum, Hasher, TusRefused
from webapp.videos.uploads import upload_advance

Receive = Callable[[], Awaitable[Any]]
PIECE_BYTES = 1024 * 1024
DURABLE_EVERY_BYTES = 16 * 1024 * 1024
# A slow line shows by its bytes that it is alive.
DURABLE_EVERY_S = 30.0
# A connection that brings nothing for this long is dead; its lock must not keep the next one out.
IDLE_S = 30.0


class ClientGone(Exception):
    """The connection broke or brought nothing for IDLE_S."""


async def body_pieces(receive: Receive) -> AsyncIterator[bytes]:
    """The body in pieces of about PIECE_BYTES. What came before the connection broke is yielded before ClientGone."""
    gathered = bytearray()
    while True:
        message = await _next_message(receive)
        is_gone = message["type"] == "http.disconnect"
        gathered += message.get("body", b"")
        is_last = not is_gone and not message.get("more_body", False)
        if gathered and (is_gone or is_last or len(gathered) >= PIECE_BYTES):
            yield bytes(gathered)
            gathered.clear()
        if is_gone:
            raise ClientGone
        if is_last:
            return


class Chunk:
    """Writes one body into its part file, whose lock the caller holds. Blocking, but for `receive`."""

    def __init__(self, upload: Upload, part: PartFile, *, checksum: Checksum | None, digest: RunningDigest) -> None:
        self._upload = upload
        self._part = part
        self._checksum = checksum
        self._hasher: Hasher | None = checksum.hasher() if checksum else None
        self._digest = digest
        self._end_bytes = upload.offset_bytes
        self._limit_bytes = upload.offset_bytes + settings.UPLOAD_CHUNK_MAX_BYTES
        self._kept_at_s = time.monotonic()

    async def receive(self, receive: Receive) -> None:
        """Keeps what arrived and raises ClientGone or a `storage_trouble`; discards it and raises TusRefused."""
        try:
            async for piece in body_pieces(receive):
                await asyncio.to_thread(self._write, piece)
                if self._checksum is None and self._is_due:
                    await asyncio.to_thread(self._keep)
        except (ClientGone, OSError) as error:
            await asyncio.to_thread(self._keep_unless_checked)
            if isinstance(error, OSError):
                raise storage_trouble(error) from error
            raise
        except TusRefused:
            await asyncio.to_thread(self._discard)
            raise
        await asyncio.to_thread(self._complete)

    @property
    def _is_due(self) -> bool:
        num_bytes = self._end_bytes - self._upload.offset_bytes
        return num_bytes >= DURABLE_EVERY_BYTES or time.monotonic() - self._kept_at_s >= DURABLE_EVERY_S

    def _write(self, piece: bytes) -> None:
        if self._end_bytes + len(piece) > self._upload.size_bytes:
            raise TusRefused(413, "too_many_bytes", "More bytes came than Upload-Length announced.")
        if self._end_bytes + len(piece) > self._limit_bytes:
            raise chunk_too_large()
        before = self._end_bytes
        try:
            self._part.append(piece)
        finally:
            self._end_bytes = self._part.size_bytes
            self._digest.update(piece[: self._end_bytes - before])
        if self._hasher is not None:
            self._hasher.update(piece)

    def _complete(self) -> None:
        if self._checksum is not None and self._hasher is not None and not self._checksum.matches(self._hasher):
            self._discard()
            raise TusRefused(CHECKSUM_MISMATCH, "checksum_mismatch", "The bytes do not match their checksum.")
        self._keep()

    def _keep_unless_checked(self) -> None:
        """A part of a body cannot be checked against the checksum of the whole."""
        if self._checksum is None:
            self._keep()
        else:
            self._discard()

    def _keep(self) -> None:
        self._kept_at_s = time.monotonic()
        try:
            self._part.sync()
            if self._end_bytes > self._upload.offset_bytes:
                upload_advance(self._upload, offset_bytes=self._end_bytes)
        except OSError as error:
            self._discard()
            raise storage_trouble(error) from error
        finally:
            connections.close_all()

    def _discard(self) -> None:
        self._part.truncate(self._upload.offset_bytes)
        self._end_bytes = self._upload.offset_bytes
        self._digest.forget()


def chunk_too_large() -> TusRefused:
    limit = settings.UPLOAD_CHUNK_MAX_BYTES
    return TusRefused(
        413, "chunk_too_large", f"Send at most {limit} bytes in one request (the chunk size of your client)."
    )


async def _next_message(receive: Receive) -> Any:
    try:
        async with asyncio.timeout(IDLE_S):
            return await receive()
    except TimeoutError:
        return {"type": "http.disconnect"}
