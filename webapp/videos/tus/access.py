"""Who is uploading: the same session cookie, the same limits and the same defence against other sites as the pages."""

import io
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest

from webapp.accounts.actors import Actor
from webapp.accounts.doors import actor_at_door, bearer_actor, session_open
from webapp.accounts.sessions import session_note_activity
from webapp.lib.errors import PermissionRefused, SignInNeeded
from webapp.lib.origins import is_own_origin

SIGN_IN_AGAIN = "Your session has ended. Sign in again; the upload goes on where it stopped."


def http_request(scope: dict[str, Any]) -> ASGIRequest:
    """Django's view of the head of a request; the body is read elsewhere."""
    return ASGIRequest(scope, io.BytesIO())


def check_origin(request: ASGIRequest) -> None:
    """Another site can neither send the header Tus-Resumable without asking first, nor pass here.

    Raises PermissionRefused.
    """
    origin = request.headers.get("Origin")
    try:
        request.get_host()
        is_foreign = origin is not None and not is_own_origin(request, origin)
    except DisallowedHost as error:
        raise PermissionRefused("This host name is not served here.", "unknown_host") from error
    if is_foreign or request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise PermissionRefused("Uploads from other sites are refused.", "foreign_origin")


def actor_of(request: ASGIRequest, *, is_activity: bool = True) -> Actor:
    """The signed-in person, or who came with a token.

    An upload is activity: it keeps the session from going idle, never past its end. What a page asks by itself is none.

    Raises SignInNeeded or PermissionRefused.
    """
    authorization = request.headers.get("Authorization", "")
    if authorization:
        return bearer_actor(authorization, "videos:write")
    session = session_open(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    actor = actor_at_door(session, refusal=SIGN_IN_AGAIN)
    try:
        if is_activity:
            session_note_activity(session)
    except UpdateError as error:
        raise SignInNeeded(SIGN_IN_AGAIN) from error
    return actor
