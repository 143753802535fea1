"""Training runs on the wire: where one is, what it cost, what it used, how it ended. Nothing of a patient."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from webapp.api.serializers.strict import PageQuery
from webapp.learning.models import TrainingRun


class TrainingQuery(PageQuery):
    state = serializers.ChoiceField(choices=TrainingRun.State.choices, required=False)


class TrainingStageOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    state = serializers.CharField()
    done = serializers.IntegerField()
    total = serializers.IntegerField(help_text="0: not counted.")
    seconds = serializers.FloatField()
    note = serializers.CharField()


class TrainingRunOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = serializers.CharField()
    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=TrainingRun.State.choices)
    base = serializers.CharField(help_text="The model that is trained.")
    is_smallest = serializers.BooleanField()
    num_references = serializers.IntegerField(help_text="Approved corrections that it learns from.")
    stages = TrainingStageOut(many=True)
    cost = serializers.DictField(child=serializers.FloatField())
    waiting = serializers.CharField(help_text="Why it does nothing just now, in a sentence.")
    error_code = serializers.CharField()
    error_message = serializers.CharField()
    model = serializers.UUIDField(allow_null=True, help_text="The version that it made.")
    model_url = serializers.CharField(allow_null=True)
    job = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


def training_run_body(run: TrainingRun) -> dict[str, Any]:
    return {
        "id": str(run.pk),
        "url": reverse("api:training_run", args=[run.pk]),
        "number": run.number,
        "state": run.state,
        "base": run.base,
        "is_smallest": run.is_smallest,
        "num_references": run.num_references,
        "stages": [_stage(row) for row in run.stages],
        "cost": run.cost,
        "waiting": run.waiting,
        "error_code": run.error_code,
        "error_message": run.error_message,
        "model": str(run.version_id) if run.version_id else None,
        "model_url": reverse("api:model", args=[run.version_id]) if run.version_id else None,
        "job": str(run.job_id) if run.job_id else None,
        "created_at": run.created_at.isoformat(),
        "started_at": run.started_at.isoformat() if run.started_at else None,
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
    }


def _stage(row: dict[str, Any]) -> dict[str, Any]:
    """`row`: of a StageRow."""
    return {name: row[name] for name in ("name", "state", "done", "total", "seconds", "note")}
