"""What the clock sets off."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.arrivals import arrived
from tests.factories import JobFactory
from webapp.accounts.models import User
from webapp.jobs.models import Job
from webapp.jobs.queue import BEAT, celery_app
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


def test_turns_that_nobody_took_do_not_pile_up() -> None:
    for entry in celery_app().conf.beat_schedule.values():
        assert entry["options"]["queue"] == BEAT
        assert entry["options"]["expires"] <= entry["schedule"]
