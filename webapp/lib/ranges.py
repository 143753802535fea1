"""One file as an HTTP response with byte ranges (RFC 9110 section 14): what a video player needs to seek.

A file is read in pieces, in threads, while it is sent; it is never whole in memory. Several ranges in one request are
answered with the whole file, which the RFC allows.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus
from os import stat_result
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import http_date, parse_http_date_safe

from webapp.lib.errors import NotFound

PIECE_BYTES = 512 * 1024
_ONE_RANGE = re.compile(r"bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*", re.ASCII | re.IGNORECASE)
MAX_DIGITS = 18


class RangeNotSatisfiable(Exception):
    """No byte of the file lies in the range that was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ByteRange:
    """Bytes `first` to `last`, both included, as on the wire."""

    first: int
    last: int

    @property
    def num_bytes(self) -> int:
        return self.last - self.first + 1


def parse_range(header: str, *, size_bytes: int) -> ByteRange | None:
    """None means the whole file: no range, a malformed one, another unit or several ranges.

    Raises RangeNotSatisfiable.
    """
    match = _ONE_RANGE.fullmatch(header.strip())
    if not match or match.groups() == ("", "") or any(len(digits) > MAX_DIGITS for digits in match.groups()):
        return None
    first_text, last_text = match.groups()
    if not first_text:
        return _suffix(int(last_text), size_bytes)
    first, last = int(first_text), int(last_text or size_bytes - 1)
    if last_text and last < first:
        return None
    if first >= size_bytes:
        raise RangeNotSatisfiable
    return ByteRange(first=first, last=min(last, size_bytes - 1))


def file_response(
    request: HttpRequest, path: Path, *, content_type: str, cache_control: str = "private, no-cache"
) -> HttpResponseBase:
    """200, 206, 304 or 416 for GET and HEAD. Raises NotFound if the file is not there."""
    try:
        found = path.stat()
    except FileNotFoundError as error:
        raise NotFound("This file is not ready yet.") from error
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": etag(found),
        "Last-Modified": http_date(found.st_mtime),
        "Cache-Control": cache_control,
    }
    if _is_unchanged(request, found):
        return HttpResponse(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    try:
        asked = _asked_range(request, found)
    except RangeNotSatisfiable:
        headers["Content-Range"] = f"bytes */{found.st_size}"
        return HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=headers)
    return _file_part(request, path, found=found, asked=asked, headers={**headers, "Content-Type": content_type})


def etag(found: stat_result) -> str:
    """Strong: a content's file is written once and moved into place, so time and size name its bytes."""
    return f'"{found.st_mtime_ns:x}-{found.st_size:x}"'


async def read_pieces(path: Path, part: ByteRange) -> AsyncIterator[bytes]:
    """The bytes of `part`, at most PIECE_BYTES at a time. Ends early if the file has become shorter."""
    source = await asyncio.to_thread(path.open, "rb")
    try:
        await asyncio.to_thread(source.seek, part.first)
        left = part.num_bytes
        while left > 0:
            piece = await asyncio.to_thread(source.read, min(left, PIECE_BYTES))
            if not piece:
                return
            left -= len(piece)
            yield piece
    finally:
        source.close()


def _suffix(num_bytes: int, size_bytes: int) -> ByteRange:
    if num_bytes == 0 or size_bytes == 0:
        raise RangeNotSatisfiable
    return ByteRange(first=max(0, size_bytes - num_bytes), last=size_bytes - 1)


def _asked_range(request: HttpRequest, found: stat_result) -> ByteRange | None:
    header = request.headers.get("Range", "")
    if not header or not _if_range_holds(request.headers.get("If-Range", ""), found):
        return None
    return parse_range(header, size_bytes=found.st_size)


def _if_range_holds(condition: str, found: stat_result) -> bool:
    """RFC 9110 section 13.1.5: a strong ETag that is equal, or the very date of Last-Modified."""
    if not condition:
        return True
    if condition.startswith(('"', "W/")):
        return condition == etag(found)
    return parse_http_date_safe(condition) == int(found.st_mtime)


def _is_unchanged(request: HttpRequest, found: stat_result) -> bool:
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")]
    if known != [""]:
        return "*" in known or etag(found) in known
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    return since is not None and int(found.st_mtime) <= since


def _file_part(
    request: HttpRequest, path: Path, *, found: stat_result, asked: ByteRange | None, headers: dict[str, str]
) -> HttpResponseBase:
    status = HTTPStatus.OK if asked is None else HTTPStatus.PARTIAL_CONTENT
    part = asked or ByteRange(first=0, last=found.st_size - 1)
    headers["Content-Length"] = str(part.num_bytes)
    if asked is not None:
        headers["Content-Range"] = f"bytes {asked.first}-{asked.last}/{found.st_size}"
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers)
    return StreamingHttpResponse(read_pieces(path, part), status=status, headers=headers)
