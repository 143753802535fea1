"""The only door to jobs. A person sees their own; an administrator those of the whole hospital."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from webapp.accounts.actors import Actor
from webapp.accounts.models import Membership, User
from webapp.jobs.models import Job
from webapp.lib.errors import NotFound

ACTIVE = (Job.Status.QUEUED, Job.Status.RUNNING)


def job_get_for_actor(actor: Actor, job_id: uuid.UUID | str) -> Job:
    """Raises NotFound. Who sees a job may also cancel and retry it."""
    try:
        return _visible(actor).get(pk=job_id)
    except (Job.DoesNotExist, ValidationError) as error:
        raise NotFound("There is no such job.") from error


def job_list_for_actor(actor: Actor, *, status: str | None = None) -> "QuerySet[Job]":
    """Newest first."""
    jobs = _visible(actor)
    return jobs.filter(status=status) if status in Job.Status.values else jobs


def has_active_jobs(actor: Actor) -> bool:
    return _visible(actor).filter(status__in=ACTIVE).exists()


def count_open_jobs(owner: User, *, kind: str) -> int:
    """Waiting or running; one that was asked to stop counts until its worker has let go of it."""
    return Job.objects.filter(owner=owner, kind=kind, status__in=ACTIVE).count()


def _visible(actor: Actor) -> "QuerySet[Job]":
    actor.require("jobs")
    membership = actor.member
    scope: dict[str, Any] = {"hospital_id": membership.hospital_id}
    if membership.role != Membership.Role.ADMIN:
        scope["owner_id"] = membership.user_id
    return Job.objects.filter(**scope).select_related("owner", "hospital")
