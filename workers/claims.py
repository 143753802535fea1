"""A worker's hold on a job: a name that is its own, a heartbeat while it works, and a look whether it should stop.

A worker that slept too long (a closed laptop, a stopped process) may find that the watchdog gave its job to another.
It then stops and writes nothing more: the row belongs to the other one.
"""

import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import structlog
from django.db import Error as DatabaseError
from django.db import connections
from django.db.models import QuerySet

from webapp.jobs.models import Job
from webapp.jobs.services import job_heartbeat

HEARTBEAT_S = 3.0
POLL_S = 0.5

log = structlog.get_logger(__name__)


def claim_name() -> str:
    """Different for every claim, so that a second claim by the same process is told from the first."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


class StopPoll:
    """A StopCheck that asks the row at most twice a second: cancelled by its owner, or no longer ours?"""

    def __init__(self, job_id: UUID, worker: str) -> None:
        self._job_id = job_id
        self._worker = worker
        self._asked_at_s = float("-inf")
        self._should_stop = False

    def __call__(self) -> bool:
        if not self._should_stop and time.monotonic() - self._asked_at_s >= POLL_S:
            self._should_stop = not self._rows().filter(cancel_requested=False).exists()
            self._asked_at_s = time.monotonic()
        return self._should_stop

    def is_still_ours(self) -> bool:
        return self._rows().exists()

    def _rows(self) -> QuerySet[Job]:
        return Job.objects.filter(id=self._job_id, worker=self._worker, status=Job.Status.RUNNING)


@contextmanager
def heartbeat(job_id: UUID) -> Iterator[None]:
    """Tells the watchdog every three seconds that somebody is at work, however long one step takes."""
    done = threading.Event()
    thread = threading.Thread(target=_beat, args=(job_id, done), name=f"heartbeat-{job_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _beat(job_id: UUID, done: threading.Event) -> None:
    try:
        while not done.wait(HEARTBEAT_S):
            _beat_once(job_id)
    finally:
        connections.close_all()


def _beat_once(job_id: UUID) -> None:
    try:
        job_heartbeat(job_id)
    except DatabaseError as error:
        # One missed beat is harmless: the watchdog waits for several.
        log.warning("heartbeat_missed", job_id=str(job_id), error=str(error))
