"""Requests that leave the house to an address that somebody typed in: where they may go, and for how long.

Against requests forged through us (SSRF): the name is looked up once, the address that was found is judged, and that
very address is called. Nothing is followed elsewhere. Addresses inside the house are refused unless whoever runs the
site allowed them (DEBRIEF_OUTSIDE_ALLOWED): receivers of hospitals often are inside.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from urllib.parse import SplitResult, urlsplit

import httpcore
from django.conf import settings

from webapp.lib.errors import ApplicationError, PermissionRefused

CONNECT_TIMEOUT_S = 5.0
TIMEOUT_S = 15.0
ANSWER_MAX_BYTES = 256 * 1024
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class OutsideRefused(PermissionRefused):
    """This address is inside the house or not one that may be called."""

    default_code = "address_refused"


class OutsideUnreachable(ApplicationError):
    """Nobody answered there in time."""

    status = 502
    default_code = "unreachable"
    permanent = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`headers` by lower-case name. `body`: the first ANSWER_MAX_BYTES."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """An answer whose body is still to come."""

    status: int
    headers: dict[str, str]
    pieces: Iterator[bytes]


def check_url(url: str) -> None:
    """Raises OutsideRefused for what could never be called; the name is not looked up yet."""
    parts = _parts(url)
    literal = _literal(parts.hostname or "")
    if literal is not None and not _is_allowed(parts.hostname or "", literal):
        raise OutsideRefused
    if parts.scheme == "http" and not _names_allowed(parts.hostname or ""):
        raise OutsideRefused("Only https:// is called, unless whoever runs this site allowed the host.")


def fetch(url: str, *, timeout_s: float = TIMEOUT_S) -> Answer:
    """GET. Raises OutsideRefused or OutsideUnreachable."""
    return send("GET", url, headers={"Accept": "application/json"}, timeout_s=timeout_s)


def send(
    method: str, url: str, *, headers: Mapping[str, str], body: bytes = b"", timeout_s: float = TIMEOUT_S
) -> Answer:
    """One request, one answer; a redirection is an answer too. Raises OutsideRefused or OutsideUnreachable."""
    deadline_s = time.monotonic() + timeout_s
    with _asked(method, url, headers=headers, body=body, timeout_s=timeout_s) as response:
        return Answer(status=response.status, headers=_headers(response), body=_read(response, deadline_s))


@contextmanager
def stream(url: str, *, headers: Mapping[str, str], timeout_s: float = TIMEOUT_S) -> Iterator[Stream]:
    """GET of something large. Raises OutsideRefused or OutsideUnreachable, also while `pieces` come."""
    with _asked("GET", url, headers=headers, body=b"", timeout_s=timeout_s) as response:
        yield Stream(status=response.status, headers=_headers(response), pieces=response.iter_stream())


@contextmanager
def _asked(
    method: str, url: str, *, headers: Mapping[str, str], body: bytes, timeout_s: float
) -> Iterator[httpcore.Response]:
    check_url(url)
    limits = {"connect": CONNECT_TIMEOUT_S, "read": timeout_s, "write": timeout_s, "pool": timeout_s}
    wire = [(name.encode("ascii"), text.encode("latin-1")) for name, text in headers.items()]
    wire += [(b"Host", _parts(url).netloc.encode("idna")), (b"Connection", b"close")]
    wire += [(b"Content-Length", str(len(body)).encode())] if body else []
    with httpcore.ConnectionPool(ssl_context=_tls(), network_backend=_JudgedBackend(), retries=0) as pool:
        try:
            with pool.stream(method, url, headers=wire, content=body, extensions={"timeout": limits}) as response:
                yield response
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, ssl.SSLError) as error:
            raise OutsideUnreachable from error


def _headers(response: httpcore.Response) -> dict[str, str]:
    return {name.decode().lower(): text.decode("latin-1") for name, text in response.headers}


def _read(response: httpcore.Response, deadline_s: float) -> bytes:
    """Who drips byte by byte is late as a whole."""
    read = bytearray()
    for piece in response.iter_stream():
        read += piece
        if time.monotonic() > deadline_s:
            raise OutsideUnreachable
        if len(read) >= ANSWER_MAX_BYTES:
            break
    return bytes(read[:ANSWER_MAX_BYTES])


class _JudgedBackend(httpcore.SyncBackend):
    """Looks the name up, judges what was found, and connects to exactly that."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        for address in _look_up(host, port):
            if not _is_allowed(host, address):
                raise OutsideRefused
            return super().connect_tcp(str(address), port, timeout, local_address, socket_options)
        raise OutsideUnreachable


def _look_up(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise OutsideUnreachable("This name is not known.") from error
    return [ipaddress.ip_address(entry[4][0]) for entry in found]


def _is_allowed(host: str, address: Address) -> bool:
    """On the open internet, or allowed by name or network. An IPv4 address in IPv6 clothes is judged as what it is."""
    plain = getattr(address, "ipv4_mapped", None) or address
    if plain.is_global and not plain.is_multicast:
        return True
    return _names_allowed(host) or any(plain in network for network in _networks())


def _names_allowed(host: str) -> bool:
    literal = _literal(host)
    if literal is not None:
        return any(literal in network for network in _networks())
    return host.lower() in {name.lower() for name in settings.OUTSIDE_ALLOWED}


def _networks() -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    return [network for text in settings.OUTSIDE_ALLOWED if (network := _network(text)) is not None]


@cache
def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        return None


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _parts(url: str) -> SplitResult:
    """Raises OutsideRefused for what is no plain http(s) address."""
    try:
        parts = urlsplit(url)
        is_plain = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise OutsideRefused("That is not an address.") from error
    if not is_plain or parts.username is not None or not url.isascii() or any(sign.isspace() for sign in url):
        raise OutsideRefused("Give an address that begins with https:// and names no user.")
    return parts


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
