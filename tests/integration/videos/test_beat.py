"""What the clock sets off."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from tests.arrivals import arrived
from tests.factories import JobFactory
from webapp.accounts.models import User
from webapp.jobs import watchdog
from webapp.jobs.models import Job
from webapp.jobs.services import job_claim
from webapp.videos.models import Upload
from workers import clock
from workers.beat_tasks import expire_uploads

pytestmark = pytest.mark.django_db
# The clock's own process runs its tasks where they are called; this one sends them.
clock.app.conf.task_always_eager = False


def test_expired_uploads_go(alice: User) -> None:
    arrived(alice)
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    expire_uploads()
    assert not Upload.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_watchdog_works_on_in_its_own_thread_whatever_goes_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    job = JobFactory(kind="answer", stage="answer")
    job_claim(job.pk, stage="answer", worker="gone")
    monkeypatch.setattr(watchdog, "STALE_AFTER_S", 0.0)
    looks = iter([OperationalError("database is locked"), RuntimeError("a bug")])
    monkeypatch.setattr(clock, "Watchdog", lambda: FailingAtFirst(looks))
    stop = threading.Event()
    thread = threading.Thread(target=clock.watch, args=(stop,), kwargs={"every_s": 0.01})
    thread.start()
    try:
        assert comes_true(lambda: Job.objects.get(pk=job.pk).error_code == "worker_lost")
    finally:
        stop.set()
        thread.join()


class FailingAtFirst(watchdog.Watchdog):
    def __init__(self, errors: Iterator[Exception]) -> None:
        super().__init__()
        self._errors = errors

    def look(self) -> list[Job]:
        for error in self._errors:
            raise error
        return super().look()


def comes_true(condition: Callable[[], bool]) -> bool:
    for _ in range(400):
        if condition():
            return True
        time.sleep(0.05)
    return False
