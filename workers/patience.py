"""Writes that a lock, a full disk or a database that restarts must not lose: tried again, with growing pauses."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

import structlog
from django.db import InterfaceError, OperationalError, connection

T = TypeVar("T")

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 2.0
# After this the message is given up; the watchdog sends another once it can write.
CLAIM_LIMIT_S = 120.0
# What was worked for, perhaps for hours, is worth a longer wait.
SETTLE_LIMIT_S = 900.0

log = structlog.get_logger(__name__)


def patiently(write: Callable[[], T], *, limit_s: float) -> T:
    """`write` is whole or not at all, and may be called again. Raises what it raised last once `limit_s` is over."""
    give_up_at_s = time.monotonic() + limit_s
    pause_s = FIRST_PAUSE_S
    while True:
        try:
            return write()
        except (OperationalError, InterfaceError) as error:
            # Inside somebody's transaction there is nothing to try again: it is broken already.
            if connection.in_atomic_block or time.monotonic() >= give_up_at_s:
                raise
            log.warning("database_not_writable", error=str(error), pause_s=round(pause_s, 1))
        connection.close_if_unusable_or_obsolete()
        time.sleep(pause_s * random.uniform(0.5, 1.0))  # noqa: S311 - not for secrets
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
