"""How long a session lives: SESSION_IDLE_S without activity, SESSION_ABSOLUTE_S in all.

Works on any session mapping, so the websocket and upload doors ask the same questions as the pages.
"""

import logging
import time
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any, Literal

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import OperationalError
from django.utils import timezone

from webapp.lib.impatience import impatient

SIGNED_IN_KEY = "debrief_signed_in_at"
LAST_SEEN_KEY = "debrief_last_seen_at"
# One write a minute is precise enough for a limit of minutes and spares the database one write per request.
TOUCH_EVERY_S = 60

logger = logging.getLogger(__name__)

EndReason = Literal["idle", "absolute"]
SessionData = MutableMapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTimes:
    """Seconds that are left of a session."""

    idle_left_s: float
    absolute_left_s: float

    @property
    def left_s(self) -> float:
        return min(self.idle_left_s, self.absolute_left_s)


def session_start(session: SessionData, *, now_s: float | None = None) -> None:
    """Starts both clocks. Called at sign-in."""
    now_s = time.time() if now_s is None else now_s
    session[SIGNED_IN_KEY] = now_s
    session[LAST_SEEN_KEY] = now_s


def session_times(session: SessionData, *, now_s: float | None = None) -> SessionTimes:
    now_s = time.time() if now_s is None else now_s
    return SessionTimes(
        idle_left_s=settings.SESSION_IDLE_S - (now_s - float(session.get(LAST_SEEN_KEY, 0))),
        absolute_left_s=settings.SESSION_ABSOLUTE_S - (now_s - float(session.get(SIGNED_IN_KEY, 0))),
    )


def session_end_reason(session: SessionData, *, now_s: float | None = None) -> EndReason | None:
    """Why a session is over, or None while it lives. A session whose clocks never started is over."""
    times = session_times(session, now_s=now_s)
    if times.absolute_left_s <= 0:
        return "absolute"
    if times.idle_left_s <= 0:
        return "idle"
    return None


def session_is_alive(session: SessionData) -> bool:
    """For websockets and uploads: may this session still be used?"""
    return session_end_reason(session) is None


def session_touch(session: SessionData, *, now_s: float | None = None) -> bool:
    """Notes activity, at most once in TOUCH_EVERY_S. True when the session was changed and needs saving."""
    now_s = time.time() if now_s is None else now_s
    step_s = min(TOUCH_EVERY_S, settings.SESSION_IDLE_S / 10)
    if now_s - float(session.get(LAST_SEEN_KEY, 0)) < step_s:
        return False
    session[LAST_SEEN_KEY] = now_s
    return True


def session_note_activity(session: SessionBase) -> None:
    """Notes activity, and keeps the note itself: a request is never held up or failed for want of it.

    The session is left as unchanged as it was, so nothing tries to save the note again when the request ends.
    Raises UpdateError if the session was ended meanwhile.
    """
    was_modified = session.modified
    if not session_touch(session):
        return
    try:
        with impatient():
            session.save()
            UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=timezone.now())
    except OperationalError as error:
        logger.warning("activity was not noted, the database did not answer: %s", error)
    session.modified = was_modified


def session_extend(session: SessionData) -> None:
    """The person said that they are still here. The absolute limit stays where it is."""
    session[LAST_SEEN_KEY] = time.time()
