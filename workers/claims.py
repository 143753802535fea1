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

import structlog
from django.db import Error as DatabaseError
from django.db import connection, connections

from webapp.jobs.models import Job
from webapp.jobs.services import job_heartbeat

HEARTBEAT_S = 3.0
POLL_S = 0.5

log = structlog.get_logger(__name__)


def claim_name() -> str:
    """Different for every claim, so that a second claim by the same process is told from the first."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


class StopPoll:
    """A StopCheck that asks the row at most twice a second: cancelled by its owner, or no longer ours?

    A database that does not answer says neither: the work goes on.
    """

    def __init__(self, job: Job) -> None:
        self._ours = Job.objects.filter(id=job.id, worker=job.worker, status=Job.Status.RUNNING)
        self._asked_at_s = float("-inf")
        self._should_stop = False

    def __call__(self) -> bool:
        if not self._should_stop and time.monotonic() - self._asked_at_s >= POLL_S:
            self._should_stop = self._ask()
            self._asked_at_s = time.monotonic()
        return self._should_stop

    def _ask(self) -> bool:
        try:
            return not self._ours.filter(cancel_requested=False).exists()
        except DatabaseError as error:
            log.warning("stop_not_asked", error=str(error))
            connection.close_if_unusable_or_obsolete()
            return False


@contextmanager
def heartbeat(job: Job) -> Iterator[None]:
    """Tells the watchdog every three seconds that somebody is at work, however long one step takes."""
    done = threading.Event()
    thread = threading.Thread(target=_beat, args=(job, done), name=f"heartbeat-{job.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _beat(job: Job, done: threading.Event) -> None:
    try:
        while not done.wait(HEARTBEAT_S):
            _beat_once(job)
    finally:
        connections.close_all()


def _beat_once(job: Job) -> None:
    try:
        job_heartbeat(job.id, worker=job.worker)
    except DatabaseError as error:
        # One missed beat is harmless: the watchdog waits for several.
        log.warning("heartbeat_missed", job_id=str(job.id), error=str(error))
        connection.close_if_unusable_or_obsolete()
