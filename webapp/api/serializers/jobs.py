"""Background work on the wire."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from webapp.api.serializers.strict import PageQuery
from webapp.jobs.models import Job


class JobQuery(PageQuery):
    status = serializers.ChoiceField(choices=Job.Status.choices, required=False)


class JobOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = serializers.CharField()
    kind = serializers.CharField()
    stage = serializers.CharField()
    status = serializers.ChoiceField(choices=Job.Status.choices)
    title = serializers.CharField()
    done = serializers.IntegerField(help_text="Of `total` real things (`unit`) of the stage in hand.")
    total = serializers.IntegerField()
    unit = serializers.CharField()
    error_code = serializers.CharField()
    error_message = serializers.CharField()
    can_retry = serializers.BooleanField()
    cancel_requested = serializers.BooleanField()
    attempts = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


def job_body(job: Job) -> dict[str, Any]:
    return {
        "id": str(job.pk),
        "url": reverse("api:job", args=[job.pk]),
        "kind": job.kind,
        "stage": job.stage,
        "status": job.status,
        "title": job.title,
        "done": job.done,
        "total": job.total,
        "unit": job.unit,
        "error_code": job.error_code,
        "error_message": job.error_message,
        "can_retry": job.can_retry,
        "cancel_requested": job.cancel_requested,
        "attempts": job.attempts,
        "created_at": job.created_at.isoformat(),
        "started_at": job.started_at.isoformat() if job.started_at else None,
        "finished_at": job.finished_at.isoformat() if job.finished_at else None,
    }
