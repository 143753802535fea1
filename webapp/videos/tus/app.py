"""The tus ASGI application: one function per method, each a guard, a lock, a body, an answer.

Everything that blocks (disk, database, hashing) runs in threads: steps.py, receiving.py.
X-HTTP-Method-Override is ignored: no client of ours needs it and a filter in front might not see it.
"""

import re
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.db import OperationalError
from django.urls import reverse
from django.utils.http import http_date

from webapp.lib.errors import ApplicationError, NotFound, ServiceUnavailable, StorageFull
from webapp.lib.storage import free_bytes
from webapp.lib.trouble import database_trouble, storage_trouble
from webapp.videos.models import Upload
from webapp.videos.parts import PartBusy, PartFile
from webapp.videos.tus import protocol
from webapp.videos.tus.access import check_origin, http_request
from webapp.videos.tus.digests import Digests
from webapp.videos.tus.protocol import TusRefused, TusRequest, TusResponse
from webapp.videos.tus.receiving import Chunk, ClientGone, Receive, chunk_too_large
from webapp.videos.tus.steps import create, describe, end, finish, in_thread, open_part, stored_sha256, upload_of
from webapp.videos.uploads import upload_forget, upload_renew

TUS_PATH = "/uploads"
_ITEM = re.compile(rf"{TUS_PATH}/([0-9a-fA-F-]{{36}})/?")
# Not tus: what a client asks before it goes on with an upload that another file might have begun.
_STORED = re.compile(rf"({TUS_PATH}/[0-9a-fA-F-]{{36}})/sha256")
DATABASE_BUSY = "The database is busy. The upload goes on in a moment."
_ALWAYS = {
    "Tus-Resumable": protocol.VERSION,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}

Send = Callable[[dict[str, Any]], Awaitable[None]]
_digests = Digests()


def is_tus_path(path: str) -> bool:
    return path == TUS_PATH or path.startswith(f"{TUS_PATH}/")


async def tus_app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    request = TusRequest.from_scope(scope)
    response = await _answer(request, http_request(scope), receive)
    headers = {**_ALWAYS, **response.headers, "Content-Length": str(len(response.body))}
    if request.method == "HEAD" or response.status == 204:
        del headers["Content-Length"]
    wire = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": wire})
    await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else response.body})


async def _answer(request: TusRequest, http: ASGIRequest, receive: Receive) -> TusResponse:
    try:
        return await _route(request, http, receive)
    except TusRefused as refused:
        return refused.response()
    except PartBusy:
        return TusRefused(423, "upload_locked", "Another connection is sending this upload.").response()
    except ClientGone:
        return TusRefused(408, "body_cut_off", "The connection broke; what arrived is kept.").response()
    except ApplicationError as error:
        return protocol.application_problem(error)
    except OperationalError as error:
        return protocol.application_problem(database_trouble(error, busy=DATABASE_BUSY))
    except OSError as error:
        return protocol.application_problem(storage_trouble(error))


async def _route(request: TusRequest, http: ASGIRequest, receive: Receive) -> TusResponse:
    stored = _STORED.fullmatch(request.path)
    upload_id = _upload_id(stored[1] if stored else request.path)
    if request.method == "OPTIONS":
        return _options()
    protocol.check_version(request)
    check_origin(http)
    if stored and upload_id is not None:
        return await _get_stored_sha256(upload_id, request, http)
    if upload_id is None:
        if request.method != "POST":
            raise _wrong_method("OPTIONS, POST")
        return await _post(request, http, receive)
    if request.method == "HEAD":
        return await _head(upload_id, http)
    if request.method == "GET":
        return protocol.json_response(await in_thread(partial(describe, http, upload_id)))
    if request.method == "PATCH":
        return await _patch(upload_id, request, http, receive)
    if request.method == "DELETE":
        return await _delete(upload_id, http)
    raise _wrong_method("OPTIONS, GET, HEAD, PATCH, DELETE")


def _options() -> TusResponse:
    headers = {
        "Tus-Version": protocol.VERSION,
        "Tus-Extension": protocol.EXTENSIONS,
        "Tus-Max-Size": str(settings.UPLOAD_MAX_BYTES),
        "Tus-Checksum-Algorithm": ",".join(protocol.CHECKSUM_ALGORITHMS),
    }
    return TusResponse(status=204, headers=headers)


async def _post(request: TusRequest, http: ASGIRequest, receive: Receive) -> TusResponse:
    """Creation, and creation-with-upload when the request brings a chunk."""
    if "upload-defer-length" in request.headers:
        raise TusRefused(400, "length_needed", "Upload-Length must be known from the start.")
    size_bytes = protocol.number(request, "upload-length")
    fields = protocol.metadata(request)
    checksum = protocol.checksum(request)
    if not request.has_chunk_type and (request.content_length or 0) > 0:
        raise TusRefused(415, "wrong_type", f"A body must be of type {protocol.CHUNK_TYPE}.")
    upload, part = await in_thread(
        partial(
            create,
            http,
            filename=fields.get("filename") or fields.get("name", ""),
            size_bytes=size_bytes,
            metadata=request.headers.get("upload-metadata", ""),
            ends_sha256=protocol.declared_ends(fields),
        )
    )
    try:
        if request.has_chunk_type:
            await _receive_first(upload, part, request=request, receive=receive, checksum=checksum)
            await _finish_if_whole(upload, part, http)
    finally:
        part.close()
    headers = {"Location": f"{TUS_PATH}/{upload.pk}", **_state_headers(upload)}
    return TusResponse(status=201, headers=headers)


async def _get_stored_sha256(upload_id: uuid.UUID, request: TusRequest, http: ASGIRequest) -> TusResponse:
    """SHA-256 of the stored bytes from `start` up to and without `end`."""
    if request.method != "GET":
        raise _wrong_method("OPTIONS, GET")
    start_bytes, end_bytes = (protocol.whole_number(http.GET.get(name, ""), name) for name in ("start", "end"))
    sha256 = await in_thread(partial(stored_sha256, http, upload_id, start_bytes=start_bytes, end_bytes=end_bytes))
    return protocol.json_response({"start": start_bytes, "end": end_bytes, "sha256": sha256})


async def _head(upload_id: uuid.UUID, http: ASGIRequest) -> TusResponse:
    """Also mends what a crash left: a file longer than its row, a whole upload that never became a video."""
    upload = await in_thread(partial(upload_of, http, upload_id))
    if upload.status == Upload.Status.FINISHED:
        return TusResponse(status=200, headers=_head_headers(upload))
    try:
        part = await in_thread(partial(open_part, upload))
    except PartBusy:
        # It is being written right now; the row says what is safe so far.
        return TusResponse(status=200, headers=_head_headers(upload))
    try:
        await _finish_if_whole(upload, part, http)
    finally:
        part.close()
    return TusResponse(status=200, headers=_head_headers(upload))


async def _patch(upload_id: uuid.UUID, request: TusRequest, http: ASGIRequest, receive: Receive) -> TusResponse:
    if not request.has_chunk_type:
        raise TusRefused(415, "wrong_type", f"The body must be of type {protocol.CHUNK_TYPE}.")
    offset_bytes = protocol.number(request, "upload-offset")
    checksum = protocol.checksum(request)
    upload = await in_thread(partial(upload_of, http, upload_id))
    if upload.status == Upload.Status.FINISHED:
        _check_offset(upload, offset_bytes)
        return TusResponse(status=204, headers=_state_headers(upload))
    part = await in_thread(partial(open_part, upload))
    try:
        _check_offset(upload, offset_bytes)
        await in_thread(partial(upload_renew, upload))
        await _receive(upload, part, request=request, receive=receive, checksum=checksum)
        await _finish_if_whole(upload, part, http)
    finally:
        part.close()
    return TusResponse(status=204, headers=_state_headers(upload))


async def _delete(upload_id: uuid.UUID, http: ASGIRequest) -> TusResponse:
    await in_thread(partial(end, http, upload_id))
    _digests.drop(upload_id)
    return TusResponse(status=204)


async def _receive_first(
    upload: Upload, part: PartFile, *, request: TusRequest, receive: Receive, checksum: protocol.Checksum | None
) -> None:
    try:
        await _receive(upload, part, request=request, receive=receive, checksum=checksum)
    except StorageFull:
        # What fitted is kept, and the 201 tells the client where.
        return
    except (ClientGone, TusRefused, ServiceUnavailable):
        # The client never learned the address, so nobody could go on with it.
        await in_thread(partial(upload_forget, upload, part))
        raise


async def _receive(
    upload: Upload, part: PartFile, *, request: TusRequest, receive: Receive, checksum: protocol.Checksum | None
) -> None:
    num_bytes = request.content_length
    if num_bytes is not None and num_bytes > upload.size_bytes - upload.offset_bytes:
        raise TusRefused(413, "too_many_bytes", "More bytes came than Upload-Length announced.")
    if num_bytes is not None and num_bytes > settings.UPLOAD_CHUNK_MAX_BYTES:
        raise chunk_too_large()
    if await in_thread(free_bytes) < (num_bytes or 0):
        raise StorageFull
    digest = _digests.at(upload.pk, offset_bytes=upload.offset_bytes)
    await Chunk(upload, part, checksum=checksum, digest=digest).receive(receive)


async def _finish_if_whole(upload: Upload, part: PartFile, http: ASGIRequest) -> None:
    """The caller holds the part's lock, so no other request finishes it too."""
    if upload.offset_bytes == upload.size_bytes:
        await in_thread(partial(finish, upload, part, http, _digests))


def _check_offset(upload: Upload, offset_bytes: int) -> None:
    if offset_bytes != upload.offset_bytes:
        raise TusRefused(
            409,
            "offset_conflict",
            f"The upload stands at byte {upload.offset_bytes}, not {offset_bytes}.",
            {"Upload-Offset": str(upload.offset_bytes)},
        )


def _state_headers(upload: Upload) -> dict[str, str]:
    headers = {"Upload-Offset": str(upload.offset_bytes)}
    if upload.video_id is not None:
        headers["Debrief-Video"] = reverse("video", args=[upload.video_id])
    elif upload.status == Upload.Status.RECEIVING:
        headers["Upload-Expires"] = _date(upload.expires_at)
    return headers


def _head_headers(upload: Upload) -> dict[str, str]:
    headers = {**_state_headers(upload), "Upload-Length": str(upload.size_bytes)}
    if upload.metadata:
        headers["Upload-Metadata"] = upload.metadata
    return headers


def _date(moment: datetime) -> str:
    return http_date(moment.timestamp())


def _wrong_method(allowed: str) -> TusRefused:
    return TusRefused(405, "wrong_method", f"Use one of: {allowed}.", {"Allow": allowed})


def _upload_id(path: str) -> uuid.UUID | None:
    """None for the collection. Raises NotFound for anything that is neither."""
    if path.rstrip("/") == TUS_PATH:
        return None
    match = _ITEM.fullmatch(path)
    try:
        return uuid.UUID(match[1] if match else "")
    except ValueError as error:
        raise NotFound("There is no such upload.") from error
