"""Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a request that is sent twice is done once.

400 without a key where one is needed, 422 for a key that came with another request, 409 while the first goes on.
Kept for KEEP_S. What is kept holds ids and addresses alone, so that nothing outlives what it speaks of.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from webapp.accounts.models import User
from webapp.api.errors import BadRequest
from webapp.api.models import IdempotentRequest
from webapp.lib.errors import Conflict, InvalidInput

KEEP_S = 24 * 3600
# A request that is still going on after this died with its process.
DEAD_AFTER_S = 120
KEPT_HEADERS = ("Location", "Retry-After")
# A structured string (RFC 8941) or the bare key that many clients send.
_KEY = re.compile(r'"?([A-Za-z0-9_.:~+/=-]{1,100})"?')
Method = Callable[..., Response]


def idempotent(method: Method) -> Method:
    """For a view's method whose answer may be kept: no words of people in it."""

    @wraps(method)
    def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        row = _begin(request)
        if row.response_status:
            kept = Response(row.response_body, status=row.response_status, headers=row.response_headers)
            kept["Idempotency-Replayed"] = "true"
            return kept
        try:
            response = method(view, request, *args, **kwargs)
        except BaseException:
            # Nothing was done, so the same key may be tried again.
            row.delete()
            raise
        row.response_status, row.response_body = response.status_code, response.data
        row.response_headers = {name: response[name] for name in KEPT_HEADERS if name in response}
        row.save(update_fields=["response_status", "response_body", "response_headers"])
        return response

    return once


def key_of(request: Request) -> str:
    """Raises BadRequest where there is none, or none that could be one."""
    given = request.headers.get("Idempotency-Key", "")
    if not given:
        raise BadRequest("Send an Idempotency-Key: any text of your own, another for each request.", "key_missing")
    match = _KEY.fullmatch(given.strip())
    if match is None:
        raise BadRequest("An Idempotency-Key has 1 to 100 letters, digits or -_.:~+/=.", "key_invalid")
    return match[1]


def requests_forget() -> int:
    """Keys older than KEEP_S. Returns how many."""
    old = timezone.now() - timedelta(seconds=KEEP_S)
    return IdempotentRequest.objects.filter(created_at__lt=old).delete()[0]


def _begin(request: Request) -> IdempotentRequest:
    user = request.user
    assert isinstance(user, User)
    key, fingerprint = key_of(request), _fingerprint(request)
    mine = IdempotentRequest.objects.filter(user=user, key=key)
    now = timezone.now()
    mine.filter(created_at__lt=now - timedelta(seconds=KEEP_S)).delete()
    mine.filter(response_status=0, created_at__lt=now - timedelta(seconds=DEAD_AFTER_S)).delete()
    try:
        with transaction.atomic():
            return IdempotentRequest.objects.create(user=user, key=key, fingerprint=fingerprint)
    except IntegrityError:
        return _known(mine.first(), fingerprint)


def _known(row: IdempotentRequest | None, fingerprint: str) -> IdempotentRequest:
    if row is None:
        raise Conflict("The request with this key has just ended. Send it again.", "key_in_use")
    if row.fingerprint != fingerprint:
        raise InvalidInput("This Idempotency-Key came with another request before.", "key_reused")
    if not row.response_status:
        raise Conflict("The request with this key is still going on. Ask again in a moment.", "key_in_use")
    return row


def _fingerprint(request: Request) -> str:
    head = f"{request.method} {request.get_full_path()}\n".encode()
    return hashlib.sha256(head + request._request.body).hexdigest()
