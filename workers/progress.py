"""Turns a library's progress callbacks into the job's row: at most once a second, and always the last one."""

import time

import structlog
from django.db import Error as DatabaseError

from inference.progress import Progress
from webapp.jobs.models import Job
from webapp.jobs.services import job_progress

MIN_INTERVAL_S = 1.0

log = structlog.get_logger(__name__)


class RowReporter:
    """Called with every Progress; writes few. `flush` writes what was held back."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._held: Progress | None = None
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
            job_progress(job.id, done=held.done, total=held.total, unit=held.unit, worker=job.worker)
        except DatabaseError as error:
            # Hours of work do not end because a number could not be noted; the next one will be.
            log.warning("progress_not_noted", error=str(error))
            return
        self._held = None
