"""For writes that nobody waits for: a moment for a lock, not the many seconds that a person's own change is worth."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

WAIT_MS = 200
_WAIT = {"sqlite": "PRAGMA busy_timeout = {ms}", "postgresql": "SET lock_timeout = {ms}"}


@contextmanager
def impatient(wait_ms: int = WAIT_MS) -> Iterator[None]:
    """Inside, a write waits at most `wait_ms` for a lock and then raises OperationalError."""
    _set_wait(wait_ms)
    try:
        yield
    finally:
        _set_wait(_usual_wait_ms())


def _set_wait(wait_ms: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_WAIT[connection.vendor].format(ms=wait_ms))


def _usual_wait_ms() -> int:
    """SQLite's from the settings, in seconds there; PostgreSQL has none, which it writes as 0."""
    return int(connection.settings_dict.get("OPTIONS", {}).get("timeout", 0) * 1000)
