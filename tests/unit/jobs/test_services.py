"""A job's life: claimed once, moved by its worker alone, ended where its owner can see it."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from tests.factories import JobFactory
from webapp.conversations.jobs import ANSWER
from webapp.jobs import queue, services
from webapp.jobs.models import Job
from webapp.jobs.services import (
    NEVER_ENQUEUED,
    job_advance,
    job_cancel,
    job_claim,
    job_create,
    job_fail,
    job_heartbeat,
    job_is_cancel_requested,
    job_progress,
    job_requeue,
    job_retry,
    job_succeed,
)
from webapp.jobs.signals import job_finished, job_restarted
from webapp.lib.errors import Conflict
from webapp.videos.jobs import INGEST

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[str, str], str]]:
    """What would have gone to the broker: (task name, arguments, queue)."""
    messages: list[tuple[str, tuple[str, str], str]] = []

    def send_task(name: str, *, args: tuple[str, str], queue: str, **_options: Any) -> None:
        messages.append((name, args, queue))

    monkeypatch.setattr(queue.celery_app(), "send_task", send_task)
    return messages


@pytest.fixture
def finished() -> Iterator[list[str]]:
    statuses: list[str] = []

    def note(*, job: Job, **_rest: Any) -> None:
        statuses.append(job.status)

    job_finished.connect(note)
    yield statuses
    job_finished.disconnect(note)


def claimed(**fields: Any) -> Job:
    job = JobFactory(**fields)
    job = job_claim(job.pk, stage=job.stage, worker="w1")
    assert job is not None
    return job


def test_a_created_job_is_handed_over_after_commit(sent: list[Any], django_capture_on_commit_callbacks: Any) -> None:
    owner = JobFactory().owner
    hospital = owner.memberships.get().hospital
    with django_capture_on_commit_callbacks(execute=True):
        job = job_create(kind=INGEST, owner=owner, hospital=hospital, title="Case 17")
        assert sent == []
    assert sent == [("workers.media_tasks.prepare_video", (str(job.pk), "probe"), "media")]


def test_a_task_delivered_twice_is_claimed_once() -> None:
    job = JobFactory()
    first = job_claim(job.pk, stage="probe", worker="w1")
    assert first is not None
    assert first.attempts == 1
    assert first.started_at is not None
    assert job_claim(job.pk, stage="probe", worker="w2") is None


def test_a_message_for_an_earlier_stage_claims_nothing() -> None:
    job = JobFactory(stage="features")
    assert job_claim(job.pk, stage="probe", worker="w1") is None


def test_progress_counts_real_things() -> None:
    job = claimed()
    assert job_progress(job.pk, done=412, total=4800, unit="frames")
    job.refresh_from_db()
    assert (job.done, job.total, job.unit) == (412, 4800, "frames")


def test_the_next_stage_starts_with_fresh_attempts(sent: list[Any], django_capture_on_commit_callbacks: Any) -> None:
    job = claimed()
    with django_capture_on_commit_callbacks(execute=True):
        assert job_advance(job.pk, stage="features")
    job.refresh_from_db()
    assert (job.status, job.stage, job.attempts, job.done) == ("queued", "features", 0, 0)
    assert sent == [("workers.feature_tasks.extract_features", (str(job.pk), "features"), "bulk")]


def test_a_worker_thought_dead_cannot_touch_work_that_went_to_another() -> None:
    job = claimed()
    job_requeue(job.pk)
    assert job_claim(job.pk, stage="probe", worker="w2") is not None
    assert not job_heartbeat(job.pk, worker="w1")
    assert not job_succeed(job.pk, worker="w1")
    assert job_succeed(job.pk, worker="w2")


def test_a_finished_job_is_told_of_once(finished: list[str]) -> None:
    job = claimed()
    assert job_succeed(job.pk)
    assert not job_fail(job.pk, code="late", message="Too late.", permanent=False)
    assert finished == ["succeeded"]


def test_a_failed_receiver_leaves_the_job_running() -> None:
    def refuse(**_rest: Any) -> None:
        raise RuntimeError("receiver failed")

    job = claimed()
    job_finished.connect(refuse)
    try:
        with pytest.raises(RuntimeError):
            job_succeed(job.pk)
    finally:
        job_finished.disconnect(refuse)
    job.refresh_from_db()
    assert job.status == "running"


def test_a_queued_job_is_cancelled_at_once(finished: list[str]) -> None:
    job = job_cancel(JobFactory(), actor=None)
    assert job.status == "cancelled"
    assert finished == ["cancelled"]


def test_a_running_job_is_asked_to_stop() -> None:
    job = job_cancel(claimed(), actor=None)
    assert job.status == "running"
    assert job_is_cancel_requested(job.pk)


def test_a_cancel_between_two_stages_is_heeded(finished: list[str]) -> None:
    job = job_cancel(claimed(), actor=None)
    assert not job_advance(job.pk, stage="features")
    job.refresh_from_db()
    assert job.status == "cancelled"
    assert finished == ["cancelled"]


def test_work_on_a_removed_job_is_asked_to_stop() -> None:
    job = JobFactory()
    job_id = job.pk
    job.delete()
    assert job_is_cancel_requested(job_id)


def test_a_retry_starts_where_it_ended(sent: list[Any], django_capture_on_commit_callbacks: Any) -> None:
    restarted: list[Job] = []

    def note(*, job: Job, **_rest: Any) -> None:
        restarted.append(job)

    job = claimed(stage="features")
    job_fail(job.pk, code="internal_error", message="Something went wrong.", permanent=False)
    job_restarted.connect(note)
    with django_capture_on_commit_callbacks(execute=True):
        job = job_retry(job, actor=None)
    job_restarted.disconnect(note)
    assert (job.status, job.stage, job.error_code, job.attempts) == ("queued", "features", "", 0)
    assert len(sent) == 1
    assert len(restarted) == 1


def test_a_permanent_failure_cannot_be_retried() -> None:
    job = claimed()
    job_fail(job.pk, code="no_video", message="There is no video in this file.", permanent=True)
    with pytest.raises(Conflict):
        job_retry(job, actor=None)


def test_a_job_waits_when_the_broker_is_away(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(services.queue, "enqueue", lambda *_args: False)
    owner = JobFactory().owner
    with django_capture_on_commit_callbacks(execute=True):
        job = job_create(kind=ANSWER, owner=owner, hospital=owner.memberships.get().hospital, title="Which?")
    job.refresh_from_db()
    assert job.status == "queued"
    assert job.enqueued_at == NEVER_ENQUEUED


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_at_once_one_gets_the_job() -> None:
    job, claims = JobFactory(), []

    def claim(number: int) -> None:
        claims.append(job_claim(job.pk, stage="probe", worker=f"w{number}"))
        connection.close()

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([found for found in claims if found is not None]) == 1
    assert len(claims) == 8
