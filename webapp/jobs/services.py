"""Everything that changes a job. Each change is one conditional update, so a second messenger changes nothing.

    queued -> running -> (advance: queued at the next stage) -> succeeded | failed | cancelled

`worker` names one claim: give the same text to every call of that claim, and a worker that was thought dead and whose
work went to another can no longer touch the row.
"""

import uuid
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from webapp.accounts.models import Hospital, User
from webapp.jobs import queue
from webapp.jobs.models import Job
from webapp.jobs.signals import job_finished, job_restarted
from webapp.lib.commits import after_commit
from webapp.lib.errors import Conflict

JobId = uuid.UUID | str
# Far in the past: the next round of the watchdog hands the job over.
NEVER_ENQUEUED = datetime(2000, 1, 1, tzinfo=UTC)
# Seven missed beats of three seconds.
STALE_AFTER_S = 20
UNCLAIMED_AFTER_S = 300
MAX_ATTEMPTS = 3
LOST_INGEST = "The server that prepared this video stopped several times. Try again, or ask the team to look at it."
LOST_ANSWER = "The assistant was interrupted. Try again."


def job_create(*, kind: str, stage: str, owner: User | None, hospital: Hospital, title: str, url: str = "") -> Job:
    """A queued job, handed to its queue once the surrounding transaction is committed."""
    job = job_create_unqueued(kind=kind, stage=stage, owner=owner, hospital=hospital, title=title, url=url)
    job_enqueue(job)
    return job


def job_create_unqueued(
    *, kind: str, stage: str, owner: User | None, hospital: Hospital, title: str, url: str = ""
) -> Job:
    """A job that nobody is told of: the command line works on it in the foreground."""
    return Job.objects.create(kind=kind, stage=stage, owner=owner, hospital=hospital, title=title[:300], url=url[:300])


def job_enqueue(job: Job) -> None:
    """After commit. If the broker is away the row stays queued and the watchdog tries again."""
    after_commit(_hand_over, job.pk, kind=job.kind, stage=job.stage)


def job_claim(job_id: JobId, *, stage: str, worker: str) -> Job | None:
    """queued -> running. None if someone else has it, it was cancelled, or it is at another stage by now."""
    now = timezone.now()
    claimed = Job.objects.filter(pk=job_id, status=Job.Status.QUEUED, stage=stage, cancel_requested=False).update(
        status=Job.Status.RUNNING,
        attempts=F("attempts") + 1,
        worker=worker[:200],
        heartbeat_at=now,
        stage_started_at=now,
        done=0,
        total=0,
        unit="",
    )
    if not claimed:
        return None
    Job.objects.filter(pk=job_id, started_at=None).update(started_at=now)
    return Job.objects.get(pk=job_id)


def job_progress(job_id: JobId, *, done: int, total: int, unit: str, worker: str | None = None) -> bool:
    """`done` of `total` real things; also a sign of life. False if the job is no longer this worker's."""
    changed = _running(job_id, worker).update(done=done, total=total, unit=unit, heartbeat_at=timezone.now())
    return bool(changed)


def job_heartbeat(job_id: JobId, *, worker: str | None = None) -> bool:
    """False if the job is no longer this worker's: it should stop."""
    return bool(_running(job_id, worker).update(heartbeat_at=timezone.now()))


def job_advance(job_id: JobId, *, stage: str, worker: str | None = None) -> bool:
    """running -> queued at the next stage, whose attempts are counted anew. A cancel that came meanwhile wins."""
    with transaction.atomic():
        advanced = (
            _running(job_id, worker)
            .filter(cancel_requested=False)
            .update(status=Job.Status.QUEUED, stage=stage, attempts=0, enqueued_at=timezone.now(), **_NO_CLAIM)
        )
        if advanced:
            job_enqueue(Job.objects.get(pk=job_id))
        else:
            job_cancelled(job_id, worker=worker)
    return bool(advanced)


def job_requeue(job_id: JobId, *, worker: str | None = None) -> bool:
    """running -> queued at the same stage, attempts kept: after a failure that trying again may mend."""
    with transaction.atomic():
        requeued = (
            _running(job_id, worker)
            .filter(cancel_requested=False)
            .update(status=Job.Status.QUEUED, enqueued_at=timezone.now(), **_NO_CLAIM)
        )
        if requeued:
            job_enqueue(Job.objects.get(pk=job_id))
        else:
            job_cancelled(job_id, worker=worker)
    return bool(requeued)


def job_succeed(job_id: JobId, *, worker: str | None = None) -> bool:
    return _finish(_running(job_id, worker), job_id, status=Job.Status.SUCCEEDED)


def job_fail(job_id: JobId, *, code: str, message: str, permanent: bool, worker: str | None = None) -> bool:
    """`message` is a sentence for the owner; `permanent` says that trying again cannot help."""
    return _finish(
        _running(job_id, worker),
        job_id,
        status=Job.Status.FAILED,
        error_code=code[:60],
        error_message=message,
        error_permanent=permanent,
    )


def job_cancelled(job_id: JobId, *, worker: str | None = None) -> bool:
    """The worker heeded a cancel request, or is stopping for its own reasons."""
    return _finish(_running(job_id, worker), job_id, status=Job.Status.CANCELLED)


def job_cancel(job: Job) -> Job:
    """Queued: cancelled at once. Running: asked to stop; its worker looks between batches. Finished: unchanged."""
    queued = Job.objects.filter(pk=job.pk, status=Job.Status.QUEUED)
    if not _finish(queued, job.pk, status=Job.Status.CANCELLED):
        Job.objects.filter(pk=job.pk, status=Job.Status.RUNNING).update(cancel_requested=True)
    job.refresh_from_db()
    return job


def job_retry(job: Job, *, enqueue: bool = True) -> Job:
    """failed or cancelled -> queued at the stage where it ended. Raises Conflict if trying again cannot help."""
    with transaction.atomic():
        restarted = Job.objects.filter(
            pk=job.pk, status__in=(Job.Status.FAILED, Job.Status.CANCELLED), error_permanent=False
        ).update(
            status=Job.Status.QUEUED,
            error_code="",
            error_message="",
            cancel_requested=False,
            finished_at=None,
            enqueued_at=timezone.now(),
            **_NO_CLAIM,
        )
        job.refresh_from_db()
        if not restarted:
            raise Conflict("This can not be tried again.", code="job_not_retryable")
        job_restarted.send(sender=Job, job=job)
        if enqueue:
            job_enqueue(job)
    return job


def jobs_rename(*, url: str, title: str) -> None:
    """Every job about the page at `url` is listed under its new title."""
    Job.objects.filter(url=url).update(title=title[:300])


def jobs_forget(*, url: str) -> None:
    """Every job about the page at `url` is gone; a worker that still has one finds no row and stops."""
    Job.objects.filter(url=url).delete()


def job_is_cancel_requested(job_id: JobId) -> bool:
    """Also true when the row is gone: nobody wants the result any more."""
    wanted = Job.objects.filter(pk=job_id).values_list("cancel_requested", flat=True).first()
    return wanted is None or wanted


def jobs_recover_stale(*, now: datetime) -> list[Job]:
    """Returns the jobs that were touched, as they are now. Safe to run twice at once."""
    return [*_recover_silent(now), *_enqueue_again(now)]


_NO_CLAIM = {"worker": "", "heartbeat_at": None, "stage_started_at": None, "done": 0, "total": 0, "unit": ""}


def _running(job_id: JobId, worker: str | None) -> "QuerySet[Job]":
    running = Job.objects.filter(pk=job_id, status=Job.Status.RUNNING)
    return running if worker is None else running.filter(worker=worker[:200])


def _finish(jobs: "QuerySet[Job]", job_id: JobId, **fields: object) -> bool:
    with transaction.atomic():
        if not jobs.update(finished_at=timezone.now(), heartbeat_at=None, **fields):
            return False
        job_finished.send(sender=Job, job=Job.objects.get(pk=job_id))
    return True


def _hand_over(job_id: uuid.UUID, *, kind: str, stage: str) -> None:
    enqueued_at = timezone.now() if queue.enqueue(job_id, kind=kind, stage=stage) else NEVER_ENQUEUED
    Job.objects.filter(pk=job_id, status=Job.Status.QUEUED, stage=stage).update(enqueued_at=enqueued_at)


def _recover_silent(now: datetime) -> list[Job]:
    silent = Job.objects.filter(status=Job.Status.RUNNING, heartbeat_at__lt=now - timedelta(seconds=STALE_AFTER_S))
    recovered = [job.pk for job in silent if _recover(job, now)]
    return list(Job.objects.filter(pk__in=recovered))


def _recover(job: Job, now: datetime) -> bool:
    with transaction.atomic():
        current = Job.objects.select_for_update().get(pk=job.pk)
        still_silent = current.heartbeat_at is not None and current.heartbeat_at < now - timedelta(
            seconds=STALE_AFTER_S
        )
        if current.status != Job.Status.RUNNING or not still_silent:
            return False
        if current.cancel_requested:
            return job_cancelled(job.pk)
        if current.kind == Job.Kind.INGEST and current.attempts < MAX_ATTEMPTS:
            return job_requeue(job.pk)
        message = LOST_ANSWER if current.kind == Job.Kind.ANSWER else LOST_INGEST
        return job_fail(job.pk, code="worker_lost", message=message, permanent=False)


def _enqueue_again(now: datetime) -> list[Job]:
    """Doubled messages do no harm: only one of them can claim the row."""
    unclaimed = Job.objects.filter(status=Job.Status.QUEUED, enqueued_at__lt=now - timedelta(seconds=UNCLAIMED_AFTER_S))
    jobs = list(unclaimed.order_by("enqueued_at")[:500])
    for job in jobs:
        job_enqueue(job)
    return jobs
