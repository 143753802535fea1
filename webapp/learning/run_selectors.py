"""Reading runs, gates and adapters. For administrators of the hospital that trains; everybody else finds nothing."""

import uuid
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from webapp.accounts.actors import Actor
from webapp.jobs.kinds import WorkQueue, stages_on
from webapp.jobs.models import Job
from webapp.learning.models import AdapterMove, Gate, TrainingRun
from webapp.learning.trainers import require_trainer
from webapp.lib.errors import NotFound
from webapp.registry.models import ModelKind, ModelVersion
from webapp.registry.selectors import active_models, chosen_versions


def runs_for_actor(actor: Actor) -> "QuerySet[TrainingRun]":
    """Newest first. Raises NotFound."""
    member = require_trainer(actor)
    runs = TrainingRun.objects.filter(hospital=member.hospital)
    return runs.select_related("version", "gate", "started_by", "job")


def run_get_for_actor(actor: Actor, run_id: uuid.UUID) -> TrainingRun:
    """Raises NotFound."""
    run = runs_for_actor(actor).filter(pk=run_id).first()
    if run is None:
        raise NotFound("There is no such run.")
    return run


def run_for_job(job_id: uuid.UUID) -> TrainingRun | None:
    return TrainingRun.objects.select_related("hospital", "version").filter(job_id=job_id).first()


def gate_of(run: TrainingRun) -> Gate | None:
    return Gate.objects.select_related("against", "approved_by").filter(run=run).first()


def active_reasoning() -> ModelVersion | None:
    """None: the base answers as it was published."""
    pointer = active_models().get(ModelKind.REASONING)
    return pointer.version if pointer else None


def promoted_reasoning() -> ModelVersion | None:
    """What somebody chose. None: what comes with Debrief explains, which nobody chose."""
    return chosen_versions().get(ModelKind.REASONING)


def is_outdated(gate: Gate) -> bool:
    """Whether another adapter explains now than the one that the candidate was held against; the candidate may."""
    against = gate.against_id if gate.against is not None and not gate.against.works_unchosen else None
    promoted = promoted_reasoning()
    now = promoted.pk if promoted else None
    return now not in (against, gate.run.version_id)


def moves() -> "QuerySet[AdapterMove]":
    """Newest first."""
    return AdapterMove.objects.select_related("before", "after", "actor")


def rollback_target() -> ModelVersion | None:
    """What was active before the active one was promoted; None: the base. Revoked ones are passed over."""
    active = active_reasoning()
    if active is None:
        return None
    promoted = moves().filter(after=active, kind=AdapterMove.Kind.PROMOTE).first()
    before = promoted.before if promoted else None
    return None if before is None or before.state == ModelVersion.State.REVOKED else before


def is_somebody_waiting(*, for_at_most_s: float) -> bool:
    """Whether people wait for answers or explanations. What has waited longer waits for something else."""
    names = {kind.name for kind, _stage in stages_on([WorkQueue.ANSWERS])}
    since = timezone.now() - timedelta(seconds=for_at_most_s)
    active = (Job.Status.QUEUED, Job.Status.RUNNING)
    return Job.objects.filter(kind__in=names, status__in=active, enqueued_at__gte=since).exists()
