"""Who stands at a door that no middleware guards: uploads, websockets, event streams, programs with a token."""

from collections.abc import Callable
from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from webapp.accounts.actors import Actor, page_actor
from webapp.accounts.models import User
from webapp.accounts.second_factor_policy import require_second_factor
from webapp.accounts.sessions import session_is_alive
from webapp.lib.errors import SignInNeeded

# From an Authorization header and the name of a scope that is needed. Raises SignInNeeded or PermissionRefused.
BearerDoor = Callable[[str, str], Actor]
_bearer_doors: list[BearerDoor] = []


def bearer_register(door: BearerDoor) -> None:
    """By the app that knows the tokens, which stands above this one."""
    _bearer_doors[:] = [door]


def bearer_actor(authorization: str, scope: str) -> Actor:
    """Raises SignInNeeded for a token that is not known, PermissionRefused for one that does not reach as far."""
    for door in _bearer_doors:
        return door(authorization, scope)
    raise SignInNeeded


def session_open(session_key: str | None) -> SessionBase:
    """The session as it is in the database now; empty if it was ended."""
    store: type[SessionBase] = import_module(settings.SESSION_ENGINE).SessionStore
    return store(session_key)


def person_of(session: SessionBase) -> User | None:
    """None once the session has run out or been ended, the password was changed, or the person was deactivated."""
    request = HttpRequest()
    request.session = session
    user = get_user(request)
    return user if isinstance(user, User) and session_is_alive(session) else None


def actor_at_door(session: SessionBase, *, refusal: str) -> Actor:
    """Who comes in here acts as on a page, and owes the same second factor.

    Raises SignInNeeded with the sentence `refusal`, or PermissionRefused.
    """
    user = person_of(session)
    if user is None:
        raise SignInNeeded(refusal)
    require_second_factor(user)
    return page_actor(user)
