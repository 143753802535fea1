"""Everything that changes a job. Each change is one conditional update, so a second messenger changes nothing.

    queued -> running -> (advance: queued at the next stage) -> succeeded | failed | cancelled

`worker` names one claim: give the same text to every call of that claim, and a worker that was thought dead and whose
work went to another can no longer touch the row. `claim_held` extends this to everything else that a worker writes.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from webapp.accounts.actors import Actor
from webapp.accounts.models import Hospital, User
from webapp.audit.actions import Action
from webapp.audit.services import audit_record
from webapp.jobs import queue
from webapp.jobs.kinds import JobKind, kind_get
from webapp.jobs.models import Job
from webapp.jobs.signals import job_finished, job_restarted
from webapp.lib.commits import after_commit
from webapp.lib.errors import Conflict

JobId = uuid.UUID | str
# Far in the past: the next round of the watchdog hands the job over.
NEVER_ENQUEUED = datetime(2000, 1, 1, tzinfo=UTC)
# What a later stage cannot use is made anew once. If it is still of no use, the two do not fit together.
MAX_TIMES_SENT_BACK = 1
SENT_BACK_IN_VAIN = (
    "What one step made is of no use to the next, also when made anew. The model files of this server's workers may "
    "not fit together; ask the team to compare them."
)


class ClaimLost(Conflict):
    """This work belongs to another worker by now."""

    default_code = "claim_lost"


def job_create(
    *, kind: JobKind, owner: User | None, hospital: Hospital, title: str, url: str = "", stage: str = ""
) -> Job:
    """A queued job, handed to its queue once the surrounding transaction is committed."""
    job = job_create_unqueued(kind=kind, owner=owner, hospital=hospital, title=title, url=url, stage=stage)
    job_enqueue(job)
    return job


def job_create_unqueued(
    *, kind: JobKind, owner: User | None, hospital: Hospital, title: str, url: str = "", stage: str = ""
) -> Job:
    """A job that nobody is told of: the command line works on it in the foreground. `stage`: else the first one."""
    stage = stage or kind.first_stage
    return Job.objects.create(
        kind=kind.name, stage=stage, owner=owner, hospital=hospital, title=title[:300], url=url[:300]
    )


def job_enqueue(job: Job) -> None:
    """After commit. If the broker is away the row stays queued and the watchdog tries again."""
    if queue.is_kept_here(job.pk):
        return
    after_commit(job_hand_over, job.pk, kind=job.kind, stage=job.stage)


def job_hand_over(job_id: uuid.UUID, *, kind: str, stage: str) -> bool:
    """At once. False when the broker did not take it. Raises UnknownKind."""
    is_sent = queue.enqueue(job_id, kind_get(kind).stage(stage))
    enqueued_at = timezone.now() if is_sent else NEVER_ENQUEUED
    Job.objects.filter(pk=job_id, status=Job.Status.QUEUED, stage=stage).update(enqueued_at=enqueued_at)
    return is_sent


def job_claim(job_id: JobId, *, stage: str, worker: str) -> Job | None:
    """queued -> running. None if someone else has it, it was cancelled, or it is at another stage by now.

    Asked again under the same name it says the same: a caller whose database went away may not know if it succeeded.
    """
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
        left_s=None,
    )
    if claimed:
        Job.objects.filter(pk=job_id, started_at=None).update(started_at=now)
    return _running(job_id, worker).filter(stage=stage).first()


@contextmanager
def claim_held(job_id: JobId, *, worker: str) -> Iterator[None]:
    """A transaction through which the job certainly stays this worker's. Raises ClaimLost if it is not.

    Whatever a worker writes about its job's object is written in one of these.
    """
    with transaction.atomic():
        if _running(job_id, worker).select_for_update().first() is None:
            raise ClaimLost
        yield


def job_progress(
    job_id: JobId, *, done: int, total: int, unit: str, left_s: float | None = None, worker: str | None = None
) -> bool:
    """`done` of `total` real things; also a sign of life. False if the job is no longer this worker's."""
    fields = {"done": done, "total": total, "unit": unit, "left_s": left_s}
    return bool(_running(job_id, worker).update(**fields, heartbeat_at=timezone.now()))


def job_heartbeat(job_id: JobId, *, worker: str | None = None) -> bool:
    """False if the job is no longer this worker's: it should stop."""
    return bool(_running(job_id, worker).update(heartbeat_at=timezone.now()))


def job_advance(job_id: JobId, *, stage: str, worker: str | None = None) -> bool:
    """running -> queued at a later stage, whose attempts are counted anew. A cancel that came meanwhile wins."""
    with transaction.atomic():
        job = _running(job_id, worker).select_for_update().first()
        if job is None:
            return False
        if not kind_get(job.kind).is_forward(from_stage=job.stage, to_stage=stage):
            raise ValueError(f"{stage!r} does not come after {job.stage!r}: use job_send_back")
        return _queue_again(job_id, worker, stage=stage, attempts=0)


def job_send_back(job_id: JobId, *, stage: str, worker: str | None = None) -> bool:
    """running -> queued at an earlier stage, whose work is of no use. Fails the job if that was tried before."""
    with transaction.atomic():
        job = _running(job_id, worker).select_for_update().first()
        if job is None:
            return False
        if job.times_sent_back >= MAX_TIMES_SENT_BACK:
            job_fail(job_id, code="sent_back_in_vain", message=SENT_BACK_IN_VAIN, permanent=False, worker=worker)
            return False
        return _queue_again(job_id, worker, stage=stage, attempts=0, times_sent_back=job.times_sent_back + 1)


def job_requeue(job_id: JobId, *, worker: str | None = None) -> bool:
    """running -> queued at the same stage, attempts kept: after a failure that trying again may mend."""
    with transaction.atomic():
        return _queue_again(job_id, worker)


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


def job_refuse(job_id: JobId, *, code: str, message: str) -> bool:
    """queued -> failed: nobody here can do this work."""
    queued = Job.objects.filter(pk=job_id, status=Job.Status.QUEUED)
    return _finish(queued, job_id, status=Job.Status.FAILED, error_code=code[:60], error_message=message)


def job_cancelled(job_id: JobId, *, worker: str | None = None) -> bool:
    """The worker heeded a cancel request, or is stopping for its own reasons."""
    return _finish(_running(job_id, worker), job_id, status=Job.Status.CANCELLED)


@transaction.atomic
def job_cancel(job: Job, *, actor: Actor | None) -> Job:
    """Queued: cancelled at once. Running: asked to stop; its worker looks between batches. Finished: unchanged.

    `actor`: None where this is a part of something that has a row of its own in the audit log.
    """
    if actor is not None and job.status in (Job.Status.QUEUED, Job.Status.RUNNING):
        _record(Action.JOB_CANCEL, job, actor=actor)
    queued = Job.objects.filter(pk=job.pk, status=Job.Status.QUEUED)
    if not _finish(queued, job.pk, status=Job.Status.CANCELLED):
        Job.objects.filter(pk=job.pk, status=Job.Status.RUNNING).update(cancel_requested=True)
    job.refresh_from_db()
    return job


def job_retry(job: Job, *, actor: Actor | None, enqueue: bool = True) -> Job:
    """failed or cancelled -> queued at the stage where it ended, with fresh attempts. `actor`: as in `job_cancel`.

    Raises Conflict if trying again cannot help.
    """
    with transaction.atomic():
        restarted = Job.objects.filter(
            pk=job.pk, status__in=(Job.Status.FAILED, Job.Status.CANCELLED), error_permanent=False
        ).update(
            status=Job.Status.QUEUED,
            error_code="",
            error_message="",
            cancel_requested=False,
            finished_at=None,
            attempts=0,
            times_sent_back=0,
            enqueued_at=timezone.now(),
            **_NO_CLAIM,
        )
        job.refresh_from_db()
        if not restarted:
            raise Conflict("This can not be tried again.", code="job_not_retryable")
        if actor is not None:
            _record(Action.JOB_RETRY, job, actor=actor)
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


_NO_CLAIM = {
    "worker": "",
    "heartbeat_at": None,
    "stage_started_at": None,
    "done": 0,
    "total": 0,
    "unit": "",
    "left_s": None,
}


def _running(job_id: JobId, worker: str | None) -> "QuerySet[Job]":
    running = Job.objects.filter(pk=job_id, status=Job.Status.RUNNING)
    return running if worker is None else running.filter(worker=worker[:200])


def _queue_again(job_id: JobId, worker: str | None, **fields: object) -> bool:
    """Call it in a transaction. False if the job is not this worker's, or a cancel came meanwhile and was heeded."""
    running = _running(job_id, worker).filter(cancel_requested=False)
    if not running.update(status=Job.Status.QUEUED, enqueued_at=timezone.now(), **fields, **_NO_CLAIM):
        job_cancelled(job_id, worker=worker)
        return False
    job_enqueue(Job.objects.get(pk=job_id))
    return True


def _finish(jobs: "QuerySet[Job]", job_id: JobId, **fields: object) -> bool:
    with transaction.atomic():
        if not jobs.update(finished_at=timezone.now(), heartbeat_at=None, **fields):
            return False
        job_finished.send(sender=Job, job=Job.objects.get(pk=job_id))
    return True


def _record(action: Action, job: Job, *, actor: Actor) -> None:
    """No title: that is the video's, and audit rows outlive it."""
    actor.require("jobs")
    audit_record(
        action=action,
        actor=actor,
        hospital=job.hospital,
        object_type="job",
        object_id=str(job.pk),
        detail={"kind": job.kind, "about": job.url},
    )
