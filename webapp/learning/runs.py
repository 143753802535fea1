"""A run from its start to its end. What a worker writes is conditional on the run still being open."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from webapp.accounts.actors import Actor
from webapp.accounts.models import Hospital
from webapp.audit.actions import Action
from webapp.audit.services import audit_record
from webapp.jobs.services import job_cancel, job_create, job_create_unqueued, job_retry
from webapp.learning.jobs import TRAIN
from webapp.learning.models import TrainingRun
from webapp.learning.models.run import OPEN_STATES
from webapp.learning.trainers import require_trainer, training_hospital
from webapp.lib.errors import Conflict
from webapp.registry.models import ModelVersion

ALREADY_OPEN = "A run is open already. Wait until it has ended, or cancel it."
LOG_TAIL_CHARS = 6000
MAX_CURVE_POINTS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRow:
    """`done` of `total` in units of the stage's own; total 0: not counted · `note`: what it left, in a line."""

    name: str
    state: str
    done: int = 0
    total: int = 0
    seconds: float = 0.0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSeen:
    """What a worker saw of its trainer just now."""

    stages: tuple[StageRow, ...] = ()
    curve: tuple[tuple[str, int, float | None, float | None], ...] = ()
    cost: Mapping[str, float] | None = None
    log_tail: str = ""
    waiting: str = ""


def training_run_start(*, actor: Actor, is_smallest: bool = False, is_urgent: bool = False) -> TrainingRun:
    """Queues a run. Raises Conflict while another is open."""
    member = require_trainer(actor)
    run = _create(member.hospital, actor, is_smallest=is_smallest, is_urgent=is_urgent, is_queued=True)
    return run


def training_run_start_here(*, actor: Actor, is_smallest: bool) -> TrainingRun:
    """For the command line, which works on it in the foreground. Raises Conflict while another is open."""
    hospital = training_hospital()
    if hospital is None:
        raise Conflict("There is no hospital yet whose corrections a run could use.", code="no_hospital")
    return _create(hospital, actor, is_smallest=is_smallest, is_urgent=True, is_queued=False)


@transaction.atomic
def training_run_pause(run: TrainingRun, *, actor: Actor) -> None:
    """Its trainer ends and gives its memory back; what was done is kept. Raises Conflict for one that does not run."""
    require_trainer(actor)
    locked = _locked(run)
    if locked.state not in (TrainingRun.State.QUEUED, TrainingRun.State.RUNNING) or locked.job is None:
        raise Conflict("This run does not work just now.", code="run_not_running")
    TrainingRun.objects.filter(pk=run.pk).update(is_pause_asked=True)
    _record(Action.TRAINING_PAUSE, run, actor=actor)
    job_cancel(locked.job, actor=None)


@transaction.atomic
def training_run_resume(run: TrainingRun, *, actor: Actor) -> None:
    """Goes on where it was: after a pause, a failure or a cancel. Raises Conflict for one that is at work or done."""
    require_trainer(actor)
    locked = _locked(run)
    if not locked.can_resume or locked.job is None:
        raise Conflict("This run cannot go on: start another.", code="run_not_resumable")
    _record(Action.TRAINING_RESUME, run, actor=actor)
    try:
        with transaction.atomic():
            job_retry(locked.job, actor=None)
    except IntegrityError as error:
        raise Conflict(ALREADY_OPEN, code="run_open") from error


@transaction.atomic
def training_run_cancel(run: TrainingRun, *, actor: Actor) -> None:
    """The active adapter stays as it is. Raises Conflict for a run that has ended."""
    require_trainer(actor)
    locked = _locked(run)
    if not locked.is_open or locked.job is None:
        raise Conflict("This run has ended already.", code="run_ended")
    TrainingRun.objects.filter(pk=run.pk).update(is_pause_asked=False)
    _record(Action.TRAINING_CANCEL, run, actor=actor)
    job_cancel(locked.job, actor=None)
    if locked.state == TrainingRun.State.PAUSED:
        training_run_ended(run.pk, state=TrainingRun.State.CANCELLED)


def training_run_began(run_id: uuid.UUID, *, num_references: int) -> bool:
    """A worker begins or goes on. False if the run has ended meanwhile."""
    begun = _open(run_id).update(
        state=TrainingRun.State.RUNNING, num_references=num_references, waiting="", error_code="", error_message=""
    )
    TrainingRun.objects.filter(pk=run_id, started_at=None).update(started_at=timezone.now())
    return bool(begun)


def training_run_seen(run_id: uuid.UUID, seen: RunSeen) -> bool:
    return bool(
        _open(run_id).update(
            stages=[asdict(stage) for stage in seen.stages],
            curve=thinned(seen.curve),
            cost=dict(seen.cost or {}),
            log_tail=seen.log_tail[-LOG_TAIL_CHARS:],
            waiting=seen.waiting[:200],
        )
    )


def training_run_packed(run_id: uuid.UUID, version: ModelVersion) -> bool:
    return bool(_open(run_id).update(version=version))


def training_run_ended(run_id: uuid.UUID, *, state: str, code: str = "", message: str = "") -> bool:
    """Keeps what there is of stages and curves."""
    return bool(
        _open(run_id).update(
            state=state,
            waiting="",
            is_pause_asked=False,
            error_code=code[:60],
            error_message=message,
            finished_at=None if state == TrainingRun.State.PAUSED else timezone.now(),
        )
    )


def training_run_restarted(run_id: uuid.UUID) -> None:
    """Raises IntegrityError where another run is open."""
    TrainingRun.objects.filter(pk=run_id).update(
        state=TrainingRun.State.QUEUED, finished_at=None, error_code="", error_message="", waiting=""
    )


def thinned(curve: Sequence[Any]) -> list[Any]:
    """Every n-th point and the last, so that a row stays small."""
    every = -(-len(curve) // MAX_CURVE_POINTS) or 1
    kept = list(curve[::every])
    return kept if not curve or kept[-1] == curve[-1] else [*kept, curve[-1]]


def _create(hospital: Hospital, actor: Actor, *, is_smallest: bool, is_urgent: bool, is_queued: bool) -> TrainingRun:
    base = settings.TRAINING_SMALLEST_MODEL if is_smallest else settings.TRAINING_MODEL
    make_job = job_create if is_queued else job_create_unqueued
    try:
        with transaction.atomic():
            number = (TrainingRun.objects.aggregate(last=Max("number"))["last"] or 0) + 1
            run = TrainingRun(number=number, hospital=hospital, started_by=actor.user, base=base)
            run.is_smallest, run.is_urgent = is_smallest, is_urgent
            run.job = make_job(
                kind=TRAIN,
                owner=actor.user,
                hospital=hospital,
                title=f"Run {number}",
                url=reverse("training_run", args=[run.pk]),
            )
            run.save(force_insert=True)
            _record(Action.TRAINING_START, run, actor=actor, base=base, smallest=is_smallest)
    except IntegrityError as error:
        raise Conflict(ALREADY_OPEN, code="run_open") from error
    return run


def _open(run_id: uuid.UUID) -> Any:
    return TrainingRun.objects.filter(pk=run_id, state__in=OPEN_STATES)


def _locked(run: TrainingRun) -> TrainingRun:
    return TrainingRun.objects.select_for_update(of=("self",)).select_related("job").get(pk=run.pk)


def _record(action: Action, run: TrainingRun, *, actor: Actor, **detail: Any) -> None:
    audit_record(
        action=action,
        actor=actor,
        hospital=run.hospital,
        object_type="training_run",
        object_id=str(run.pk),
        detail={"run": run.number, **detail},
    )
