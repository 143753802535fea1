"""Turns a library's progress callbacks into the job's row: at most once a second, and always the last one."""

import time
from collections.abc import Callable

import structlog
from django.db import Error as DatabaseError

from inference.progress import Progress
from webapp.jobs.models import Job
from webapp.jobs.services import job_progress

MIN_INTERVAL_S = 1.0
# Below these the rate still jumps about, and a guess would only mislead.
MIN_MEASURED_S, MIN_MEASURED_PART = 5.0, 0.05
# As long a wait deserves a number, however little of it is done.
SURELY_MEASURED_S = 60.0

log = structlog.get_logger(__name__)


class TimeLeft:
    """What remains of a stage at its rate so far. It stands still rather than rise.

    Silent until enough was measured that it need not take much back.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started_s = clock()
        self._least_s = float("inf")

    def after(self, progress: Progress) -> float | None:
        """Seconds; None while it is not known."""
        spent_s = self._clock() - self._started_s
        if progress.done <= 0 or progress.total <= progress.done or spent_s < MIN_MEASURED_S:
            return None
        if progress.done < MIN_MEASURED_PART * progress.total and spent_s < SURELY_MEASURED_S:
            return None
        self._least_s = min(self._least_s, spent_s * (progress.total - progress.done) / progress.done)
        return self._least_s


class RowReporter:
    """Called with every Progress; writes few. `flush` writes what was held back."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._held: Progress | None = None
        self._left = TimeLeft()
        self._written_at_s = float("-inf")

    def __call__(self, progress: Progress) -> None:
        self._held = progress
        if time.monotonic() - self._written_at_s >= MIN_INTERVAL_S:
            self.flush()

    def flush(self) -> None:
        if self._held is None:
            return
        held, job = self._held, self._job
        self._written_at_s = time.monotonic()
        try:
            left_s = self._left.after(held)
            job_progress(job.id, done=held.done, total=held.total, unit=held.unit, left_s=left_s, worker=job.worker)
        except DatabaseError as error:
            # Hours of work do not end because a number could not be noted; the next one will be.
            log.warning("progress_not_noted", error=str(error))
            return
        self._held = None
