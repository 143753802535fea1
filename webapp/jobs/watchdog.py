"""Finds work that nobody does any more: claimed by a worker that fell silent, or waiting without a message.

It goes by what it saw change, and by a clock that nobody can set. A wall clock that jumps, here or where a worker
runs, neither hides a dead worker nor condemns a living one; nor does a time in which nobody could write.
"""

import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from webapp.jobs import queue
from webapp.jobs.kinds import UnknownKind, WorkQueue, kind_get
from webapp.jobs.models import Job, WatchdogRound
from webapp.jobs.services import NEVER_ENQUEUED, job_cancelled, job_fail, job_hand_over, job_refuse, job_requeue

EVERY_S = 2.0
# Six missed beats of three seconds.
STALE_AFTER_S = 20.0
UNCLAIMED_AFTER_S = 15.0
# A round that comes so late could not write, or did not run; the workers may have fared alike.
LATE_AFTER_S = 8.0
ACTIVE = (Job.Status.QUEUED, Job.Status.RUNNING)
LOST_CODE, UNKNOWN_CODE = "worker_lost", "unknown_kind"
UNKNOWN_KIND = "This version of Debrief does not know this kind of work. Start it anew, or ask the team."


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a job looked like, and since when it has looked like that (by the watchdog's own clock)."""

    look: tuple[object, ...]
    since_s: float


class Watchdog:
    """`look` is called every EVERY_S. Several at once do no harm: each verdict is checked again in its transaction."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[uuid.UUID, Sighting] = {}
        self._looked_at_s = float("inf")

    def look(self) -> list[Job]:
        """One round. Returns the jobs that were touched, as they are now. Raises DatabaseError if it cannot write."""
        WatchdogRound.objects.update_or_create(pk=1, defaults={"at": timezone.now()})
        self._begin_round()
        jobs = list(Job.objects.filter(status__in=ACTIVE).order_by("enqueued_at"))
        self._seen = {job.pk: self._sighting(job) for job in jobs}
        touched = [*self._end_silent(jobs), *self._hand_over_lost(jobs)]
        return list(Job.objects.filter(pk__in=touched))

    def _begin_round(self) -> None:
        now_s = self._clock()
        if now_s - self._looked_at_s > LATE_AFTER_S:
            self._seen = {}
        self._looked_at_s = now_s

    def _sighting(self, job: Job) -> Sighting:
        look = _look_of(job)
        known = self._seen.get(job.pk)
        return known if known is not None and known.look == look else Sighting(look, self._clock())

    def _unchanged_s(self, job: Job) -> float:
        return self._clock() - self._seen[job.pk].since_s

    def _end_silent(self, jobs: Iterable[Job]) -> list[uuid.UUID]:
        running = (job for job in jobs if job.status == Job.Status.RUNNING)
        silent = [job for job in running if self._unchanged_s(job) >= STALE_AFTER_S]
        return [job.pk for job in silent if _end_or_restart(job)]

    def _hand_over_lost(self, jobs: Iterable[Job]) -> list[uuid.UUID]:
        """Stops at the first that the broker does not take: it is away, and each try costs a timeout."""
        touched: list[uuid.UUID] = []
        for job in self._without_message([job for job in jobs if self._is_overdue(job)]):
            touched.append(job.pk)
            if not _hand_over(job):
                break
        return touched

    def _is_overdue(self, job: Job) -> bool:
        if job.status != Job.Status.QUEUED:
            return False
        return job.enqueued_at == NEVER_ENQUEUED or self._unchanged_s(job) >= UNCLAIMED_AFTER_S

    def _without_message(self, overdue: list[Job]) -> Iterator[Job]:
        """Those whose message is gone. Who stands in a long queue is left there, and looked for again later."""
        queues = {job.pk: _queue_of(job) for job in overdue}
        messages = {name: queue.waiting_in(name) if name else set() for name in set(queues.values())}
        for job in overdue:
            waiting = messages[queues[job.pk]]
            if waiting is None:
                continue
            if queue.message_id(job.pk, job.stage) in waiting:
                self._seen[job.pk] = Sighting(_look_of(job), self._clock())
            else:
                yield job


def _look_of(job: Job) -> tuple[object, ...]:
    sign_of_life = job.heartbeat_at if job.status == Job.Status.RUNNING else job.enqueued_at
    return (job.status, job.stage, job.attempts, job.worker, sign_of_life)


def _end_or_restart(seen: Job) -> bool:
    """Only if the job is still as it was seen: a sign of life that came meanwhile wins."""
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(pk=seen.pk).first()
        if job is None or _look_of(job) != _look_of(seen):
            return False
        if job.cancel_requested:
            return job_cancelled(job.pk)
        try:
            kind = kind_get(job.kind)
        except UnknownKind:
            return job_fail(job.pk, code=UNKNOWN_CODE, message=UNKNOWN_KIND, permanent=False)
        if job.attempts <= kind.retries:
            return job_requeue(job.pk)
        return job_fail(job.pk, code=LOST_CODE, message=kind.words_when_lost, permanent=False)


def _hand_over(job: Job) -> bool:
    try:
        return job_hand_over(job.pk, kind=job.kind, stage=job.stage)
    except UnknownKind:
        return job_refuse(job.pk, code=UNKNOWN_CODE, message=UNKNOWN_KIND)


def _queue_of(job: Job) -> WorkQueue | None:
    """None for a kind that this version does not have."""
    try:
        return kind_get(job.kind).stage(job.stage).queue
    except UnknownKind:
        return None
