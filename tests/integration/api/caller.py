"""A program that holds a token, for tests."""

import json
import uuid
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from webapp.accounts.models import User
from webapp.api.bearer import TOKEN_PREFIX, token_hash
from webapp.api.models import ApiToken
from webapp.api.scopes import SCOPES

PROBLEM = "application/problem+json"


def token_of(user: User, scopes: Collection[str] = tuple(SCOPES), *, days: float = 1) -> str:
    text = TOKEN_PREFIX + uuid.uuid4().hex
    expires_at = timezone.now() + timedelta(days=days)
    ApiToken.objects.create(
        membership=user.memberships.get(),
        name="test",
        token_hash=token_hash(text),
        scopes=sorted(scopes),
        expires_at=expires_at,
    )
    return text


class Caller:
    """`caller.get("/videos")` asks /api/v1/videos with the token."""

    def __init__(self, token: str) -> None:
        self.token = token
        self._client = Client()

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        sent = {"Authorization": f"Bearer {self.token}"} | {
            name.replace("_", "-"): text for name, text in headers.items()
        }
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        address = path if path.startswith("/api/") else f"/api/v1{path}"
        return self._client.generic(method, address, data, "application/json", headers=sent)

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.send("POST", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.send("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> HttpResponse:
        return self.send("DELETE", path, **headers)


def caller_of(user: User, scopes: Collection[str] = tuple(SCOPES)) -> Caller:
    return Caller(token_of(user, scopes))
