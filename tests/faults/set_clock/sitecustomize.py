"""A wall clock that a test can set, for every Python process that has this folder on its path.

CLOCK_FILE holds how many seconds it is off. Sleeping and the monotonic clock stay the machine's, as they would: a real
libfaketime breaks Python's `time.sleep`, which waits for a moment of the monotonic clock.
"""

import os
import time
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

FILE = Path(os.environ["CLOCK_FILE"])
real_time, real_now = time.time, timezone.now


def off_s() -> float:
    return float(FILE.read_text() or 0)


def set_time() -> float:
    return real_time() + off_s()


def set_now() -> datetime:
    return real_now() + timedelta(seconds=off_s())


time.time, timezone.now = set_time, set_now
