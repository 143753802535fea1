"""Speaks to the whole ASGI application in this process, piece by piece, and hangs up when told to."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.test import Client

from webapp.accounts.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    status: int
    headers: dict[str, str]
    body: bytes

    def __getitem__(self, name: str) -> str:
        return self.headers[name.lower()]


def session_cookie(user: User) -> str:
    client = Client()
    client.force_login(user)
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def request(
    method: str,
    path: str,
    headers: dict[str, str] | None = None,
    *,
    pieces: Iterable[bytes] = (),
    hangs_up: bool = False,
    stalls: bool = False,
    query: str = "",
) -> Answered:
    """`pieces` are the messages of the body. After the last the connection may break, or bring nothing more."""
    ending = "hang up" if hangs_up else "stall" if stalls else "end"
    return asyncio.run(_exchange(_scope(method, path, headers or {}, query), list(pieces), ending=ending))


async def _exchange(scope: dict[str, Any], given: list[bytes], *, ending: str) -> Answered:
    from webapp.asgi import application

    waiting: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    for index, piece in enumerate(given):
        is_more = ending != "end" or index < len(given) - 1
        waiting.put_nowait({"type": "http.request", "body": piece, "more_body": is_more})
    if ending == "hang up":
        waiting.put_nowait({"type": "http.disconnect"})
    elif not given and ending == "end":
        waiting.put_nowait({"type": "http.request", "body": b"", "more_body": False})
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await application(scope, waiting.get, send)
    return _answered(sent)


def _scope(method: str, path: str, headers: dict[str, str], query: str) -> dict[str, Any]:
    wire = [
        (name.lower().encode(), value.encode("latin-1")) for name, value in {"Host": "localhost", **headers}.items()
    ]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": wire,
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 80),
    }


def _answered(sent: list[dict[str, Any]]) -> Answered:
    headers = {name.decode().lower(): value.decode("latin-1") for name, value in sent[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Answered(status=sent[0]["status"], headers=headers, body=body)
