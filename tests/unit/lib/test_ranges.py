"""Byte ranges as RFC 9110 section 14 has them."""

from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponseBase, StreamingHttpResponse
from django.test import RequestFactory

from webapp.lib.errors import NotFound
from webapp.lib.ranges import PIECE_BYTES, ByteRange, RangeNotSatisfiable, file_response, parse_range

CONTENT = bytes(range(256)) * 4  # 1024 bytes


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "proxy.mp4"
    path.write_bytes(CONTENT)
    return path


def respond(path: Path, method: str = "GET", **headers: Any) -> HttpResponseBase:
    request = RequestFactory().generic(method, "/proxy.mp4", headers=headers)
    return file_response(request, path, content_type="video/mp4")


async def body(response: HttpResponseBase) -> bytes:
    assert isinstance(response, StreamingHttpResponse)
    return b"".join([piece async for piece in response])


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=100-", 100, 1023),
        ("bytes=-24", 1000, 1023),
        ("bytes=-5000", 0, 1023),
        ("bytes=1000-9999", 1000, 1023),
        ("bytes=1023-1023", 1023, 1023),
        ("Bytes = 0 - 0 ", 0, 0),
    ],
)
def test_a_single_range_is_understood(header: str, first: int, last: int) -> None:
    assert parse_range(header, size_bytes=1024) == ByteRange(first=first, last=last)


@pytest.mark.parametrize("header", ["", "bytes=", "bytes=-", "bytes=9-1", "bytes=0-1,5-6", "lines=0-1", "bytes=a-b"])
@pytest.mark.parametrize("also", ["", f"bytes={'9' * 5000}-"])
def test_anything_else_means_the_whole_file(header: str, also: str) -> None:
    assert parse_range(also or header, size_bytes=1024) is None


@pytest.mark.parametrize("header", ["bytes=1024-", "bytes=5000-6000", "bytes=-0"])
def test_a_range_past_the_end_cannot_be_satisfied(header: str) -> None:
    with pytest.raises(RangeNotSatisfiable):
        parse_range(header, size_bytes=1024)


async def test_a_whole_file_is_sent_with_its_length(clip: Path) -> None:
    response = respond(clip)
    assert (response.status_code, response["Content-Length"], response["Accept-Ranges"]) == (200, "1024", "bytes")
    assert await body(response) == CONTENT


async def test_a_part_is_sent_with_its_place(clip: Path) -> None:
    response = respond(clip, range="bytes=10-19")
    assert (response.status_code, response["Content-Range"]) == (206, "bytes 10-19/1024")
    assert response["Content-Length"] == "10"
    assert await body(response) == CONTENT[10:20]


def test_past_the_end_is_416_with_the_true_size(clip: Path) -> None:
    response = respond(clip, range="bytes=4096-")
    assert (response.status_code, response["Content-Range"]) == (416, "bytes */1024")


def test_head_has_the_headers_and_no_body(clip: Path) -> None:
    response = respond(clip, "HEAD", range="bytes=0-9")
    assert (response.status_code, response["Content-Length"], response.content) == (206, "10", b"")


def test_if_range_of_an_older_file_sends_the_whole(clip: Path) -> None:
    assert respond(clip, range="bytes=0-9", if_range='"older"').status_code == 200
    assert respond(clip, range="bytes=0-9", if_range="Mon, 01 Jan 2024 00:00:00 GMT").status_code == 200


def test_if_range_of_this_file_sends_the_part(clip: Path) -> None:
    first = respond(clip, "HEAD")
    assert respond(clip, range="bytes=0-9", if_range=first["ETag"]).status_code == 206
    assert respond(clip, range="bytes=0-9", if_range=first["Last-Modified"]).status_code == 206


def test_a_known_file_is_not_sent_again(clip: Path) -> None:
    first = respond(clip, "HEAD")
    assert respond(clip, if_none_match=f'"x", {first["ETag"]}').status_code == 304
    assert respond(clip, if_modified_since=first["Last-Modified"]).status_code == 304
    assert respond(clip, if_none_match='"x"', if_modified_since=first["Last-Modified"]).status_code == 200


async def test_a_large_file_is_sent_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(b"x" * (PIECE_BYTES * 2 + 5))
    response = respond(path)
    assert isinstance(response, StreamingHttpResponse)
    assert [len(piece) async for piece in response] == [PIECE_BYTES, PIECE_BYTES, 5]


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        respond(tmp_path / "nothing")


async def test_an_empty_file_is_sent_empty(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    response = respond(tmp_path / "empty")
    assert (response["Content-Length"], await body(response)) == ("0", b"")
