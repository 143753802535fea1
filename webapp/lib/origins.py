"""Which address a request may come from or go to: whole origins (scheme, host and port, RFC 6454), never host names.

Another port of the same machine is another programme.
"""

import io
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

Origin = tuple[str, str, int | None]
DEFAULT_PORTS = {"http": 80, "https": 443}
SCHEME_OF_THE_PAGE = {"ws": "http", "wss": "https"}


class OwnOriginOnly:
    """An ASGI application for websockets: browsers name the page's origin, and let any page open one to anywhere."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if _is_from_own_page(scope):
            await self._application(scope, receive, send)
        else:
            # Closed before it was accepted, it is a plain 403.
            await send({"type": "websocket.close"})


def _is_from_own_page(scope: Any) -> bool:
    scheme = SCHEME_OF_THE_PAGE.get(scope.get("scheme", "ws"), "")
    request = ASGIRequest({**scope, "method": "GET", "scheme": scheme}, io.BytesIO())
    try:
        return is_own_origin(request, request.headers.get("Origin", ""))
    except DisallowedHost:
        return False


def is_own_origin(request: HttpRequest, origin: str) -> bool:
    """`origin` as a browser sends it, without a path. Raises DisallowedHost for a host that is not served here."""
    return _origin(origin) in _own_origins(request)


def is_own_url(request: HttpRequest, url: str) -> bool:
    """A path of ours, or a whole address of our origin. Where we may send a browser to."""
    own = _own_origins(request)
    hosts = {urlsplit(text).netloc for text in _own_texts(request)}
    if not url_has_allowed_host_and_scheme(url, hosts, require_https=request.is_secure()):
        return False
    return not urlsplit(url).netloc or _origin(url) in own


def _own_origins(request: HttpRequest) -> set[Origin | None]:
    return {_origin(text) for text in _own_texts(request)} - {None}


def _own_texts(request: HttpRequest) -> list[str]:
    return [f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS]


def _origin(url: str) -> Origin | None:
    """None for what is no origin, such as the "null" of a sandboxed frame."""
    try:
        parts = urlsplit(url)
        port = parts.port or DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        return None
    return parts.scheme, parts.hostname, port
