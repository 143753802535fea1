"""What the clock sets off."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from celery import Celery
from django.utils import timezone

from tests.arrivals import arrived
from tests.factories import JobFactory
from webapp.accounts.models import User
from webapp.jobs.models import Job
from webapp.jobs.queue import celery_app
from webapp.jobs.services import job_claim
from webapp.videos.models import Upload
from workers.beat_tasks import expire_uploads, recover_jobs

pytestmark = pytest.mark.django_db


def test_a_silent_job_is_brought_to_an_end() -> None:
    job = JobFactory(kind="answer", stage="answer")
    job_claim(job.pk, stage="answer", worker="gone")
    Job.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=1))
    recover_jobs()
    job.refresh_from_db()
    assert job.error_code == "worker_lost"


def test_expired_uploads_go(alice: User) -> None:
    arrived(alice)
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    expire_uploads()
    assert not Upload.objects.exists()


@pytest.fixture
def clock() -> Iterator[Celery]:
    from workers.clock import app

    app.conf.task_always_eager = True
    yield app
    app.conf.task_always_eager = False


@pytest.mark.django_db(transaction=True)
def test_the_clock_works_while_every_worker_is_busy(clock: Celery) -> None:
    job = JobFactory(kind="answer", stage="answer")
    job_claim(job.pk, stage="answer", worker="gone")
    Job.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=1))
    for entry in celery_app().conf.beat_schedule.values():
        clock.tasks[entry["task"]].apply_async()
    job.refresh_from_db()
    assert job.error_code == "worker_lost"
