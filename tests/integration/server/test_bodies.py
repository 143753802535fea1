"""Bodies that are too long or too slow, sent by a real socket to the real server: refused before anybody reads them."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests import asgi
from tests.integration.server.conftest import Served
from webapp.lib import bodies

pytestmark = pytest.mark.slow


@contextmanager
def line_to(served: Served) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", served.server.port), timeout=60) as line:
        yield line


def head(path: str, *headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def answer_of(line: socket.socket) -> tuple[int, str]:
    """All until the server hangs up."""
    read = bytearray()
    while piece := line.recv(65536):
        read += piece
    status_line, _, rest = bytes(read).partition(b"\r\n")
    return int(status_line.split()[1]), rest.decode()


@pytest.mark.parametrize("path", ["/api/v1/webhooks", "/oauth/token", "/accounts/login/", "/nowhere"])
def test_a_body_said_to_be_too_long_is_refused_before_it_comes(served: Served, path: str) -> None:
    with line_to(served) as line:
        line.sendall(head(path, "Content-Length: 10000000000"))
        status, rest = answer_of(line)
    assert status == 413
    if path.startswith("/api/"):
        assert json.loads(rest.split("\r\n\r\n", 1)[1])["code"] == "body_too_large"


def test_a_body_of_no_said_length_is_cut_off_at_the_limit(served: Served) -> None:
    piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    with line_to(served) as line:
        line.sendall(head("/api/v1/webhooks", "Transfer-Encoding: chunked"))
        sent = 0
        try:
            while sent < 3 * bodies.BODY_MAX_BYTES:
                line.sendall(piece)
                sent += 0x10000
        except OSError:
            pass  # the server has hung up
    assert bodies.BODY_MAX_BYTES <= sent < 3 * bodies.BODY_MAX_BYTES


def test_a_stranger_sends_no_dicom_object_at_all(served: Served) -> None:
    with line_to(served) as line:
        line.sendall(head("/api/dicom/studies", "Content-Length: 5000000000"))
        assert answer_of(line)[0] == 401


def test_slow_clients_hold_up_nobody_and_are_told_in_the_end(served: Served) -> None:
    lines = [socket.create_connection(("127.0.0.1", served.server.port), timeout=60) for _ in range(60)]
    try:
        for line in lines:
            line.sendall(head("/api/v1/webhooks", "Content-Length: 1000") + b"{")
        with served.client() as client:
            assert client.get("/healthz").status_code == 200
            assert client.get("/accounts/login/").status_code == 200
        until_s = time.monotonic() + bodies.SLOW_START_S + 30
        lines[0].settimeout(until_s - time.monotonic())
        status, rest = answer_of(lines[0])
    finally:
        for line in lines:
            line.close()
    assert status == 408
    assert json.loads(rest.split("\r\n\r\n", 1)[1])["code"] == "slow_body"


def test_a_body_that_drips_is_late_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "SLOW_START_S", 0.2)
    answered = asgi.request("POST", "/api/v1/webhooks", pieces=[b"{", b'"'], stalls=True)
    assert (answered.status, answered["connection"]) == (408, "close")
