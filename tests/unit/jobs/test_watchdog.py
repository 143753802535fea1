"""Workers die and messages get lost; no job stays behind without an end that its owner can see."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.factories import JobFactory
from webapp.jobs import queue
from webapp.jobs.models import Job
from webapp.jobs.services import LOST_ANSWER, NEVER_ENQUEUED, job_cancel, job_claim, jobs_recover_stale

pytestmark = pytest.mark.django_db


def silent_since(seconds: int, **fields: Any) -> Job:
    job = JobFactory(**fields)
    assert job_claim(job.pk, stage=job.stage, worker="gone")
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(seconds=seconds))
    return job


def recover(job: Job, now: datetime | None = None) -> Job:
    jobs_recover_stale(now=now or timezone.now())
    job.refresh_from_db()
    return job


def test_a_job_that_still_beats_is_left_alone() -> None:
    assert recover(silent_since(15)).status == "running"


def test_a_lost_ingest_waits_for_another_worker() -> None:
    job = recover(silent_since(21))
    assert (job.status, job.attempts, job.worker) == ("queued", 1, "")


def test_an_ingest_lost_three_times_fails() -> None:
    job = recover(silent_since(21, attempts=2))
    assert (job.status, job.error_code, job.error_permanent) == ("failed", "worker_lost", False)


def test_a_lost_answer_ends_as_a_visible_retry() -> None:
    job = recover(silent_since(21, kind="answer", stage="answer"))
    assert (job.status, job.error_message, job.can_retry) == ("failed", LOST_ANSWER, True)


def test_a_cancel_that_its_worker_never_saw_is_heeded() -> None:
    job = silent_since(21)
    job_cancel(job)
    assert recover(job).status == "cancelled"


@pytest.mark.parametrize("waiting_since", [NEVER_ENQUEUED, None])
def test_a_job_whose_message_was_lost_is_handed_over_again(
    waiting_since: datetime | None, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(queue, "enqueue", lambda job_id, **_rest: sent.append(job_id) or True)
    job = JobFactory(enqueued_at=waiting_since or timezone.now() - timedelta(minutes=6))
    with django_capture_on_commit_callbacks(execute=True):
        jobs_recover_stale(now=timezone.now())
    job.refresh_from_db()
    assert sent == [job.pk]
    assert job.enqueued_at > timezone.now() - timedelta(minutes=1)
