"""A database that is locked for a while, or that restarts: no work is dropped, and none is given up."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection

from inference.progress import Progress
from tests.factories import JobFactory
from webapp.jobs.models import Job
from workers.claims import StopPoll
from workers.patience import patiently
from workers.stages import StageContext, run_stage

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def locked(*, for_s: float) -> Iterator[threading.Thread]:
    """Somebody else holds the write lock; ours gives up waiting after a tenth of a second."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL locks rows, not the whole database")
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 100")
    release = threading.Timer(for_s, lambda: other.execute("ROLLBACK"))
    release.start()
    try:
        yield release
    finally:
        release.join()
        other.close()
        connection.close()


def test_a_claim_waits_until_the_database_can_be_written() -> None:
    job, runs = JobFactory(), []
    with locked(for_s=1.0):
        run_stage(str(job.pk), "probe", lambda context: runs.append(context.job.attempts))
    assert runs == [1]
    assert Job.objects.get(pk=job.pk).status == Job.Status.SUCCEEDED


def test_finished_work_is_kept_until_the_database_can_be_written() -> None:
    job = JobFactory()
    with locked_later() as lock:

        def work(context: StageContext) -> str:
            lock()
            context.on_progress(Progress(done=1, total=2, unit="frames"))
            return "transcode"

        run_stage(str(job.pk), "probe", work)
    assert Job.objects.get(pk=job.pk).stage == "transcode"


@contextmanager
def locked_later() -> Iterator[object]:
    """The caller chooses the moment."""
    with_lock = locked(for_s=1.0)
    yield with_lock.__enter__
    with_lock.__exit__(None, None, None)


def test_what_cannot_be_written_for_too_long_is_raised() -> None:
    def write() -> None:
        raise OperationalError("disk is full")

    with pytest.raises(OperationalError):
        patiently(write, limit_s=0.2)


def test_other_errors_are_raised_at_once() -> None:
    calls: list[int] = []

    def write() -> None:
        calls.append(1)
        raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        patiently(write, limit_s=60)
    assert calls == [1]


def test_a_database_that_does_not_answer_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    poll = StopPoll(JobFactory())

    def away(**_rest: object) -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(poll._ours, "filter", away)
    assert not poll()
