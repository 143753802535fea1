"""ETag, If-None-Match and If-Match (RFC 9110, section 13): a change says which version it is for."""

import hashlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from rest_framework.request import Request
from rest_framework.response import Response

from webapp.api.errors import PreconditionFailed, PreconditionMissing


def etag_of(body: Any) -> str:
    """Strong: of what is sent."""
    text = json.dumps(body, sort_keys=True, cls=DjangoJSONEncoder)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def tagged(request: Request, body: Any, *, status: int = 200) -> Response:
    """The answer with its ETag; 304 for who has it already."""
    etag = etag_of(body)
    if request.method in ("GET", "HEAD") and _names(request.headers.get("If-None-Match", ""), etag):
        return Response(status=304, headers={"ETag": etag})
    return Response(body, status=status, headers={"ETag": etag})


def require_match(request: Request, body: Any) -> None:
    """Raises PreconditionMissing or PreconditionFailed. `body`: as a GET would send it now."""
    given = request.headers.get("If-Match", "")
    if not given:
        raise PreconditionMissing
    if not _names(given, etag_of(body)):
        raise PreconditionFailed


def _names(given: str, etag: str) -> bool:
    tags = [tag.strip().removeprefix("W/") for tag in given.split(",")]
    return etag in tags or tags == ["*"]
