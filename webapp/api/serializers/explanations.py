"""Why an answer says what it says, on the wire: steps of a language model, each with what code found of it."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from webapp.learning.models import Explanation
from webapp.lib.intended_use import INTENDED_USE

MARKS = ("recomputed", "supported", "unsupported", "wrong")


class CitedOut(serializers.Serializer[Any]):
    key = serializers.CharField(help_text="As the step writes it.")
    words = serializers.CharField()
    start_s = serializers.FloatField(allow_null=True)
    end_s = serializers.FloatField(allow_null=True)


class StepOut(serializers.Serializer[Any]):
    text = serializers.CharField()
    mark = serializers.ChoiceField(choices=MARKS, help_text="Found by code: recomputed and supported stand.")
    note = serializers.CharField()
    cites = CitedOut(many=True)


class ExplanationOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = serializers.CharField()
    answer = serializers.UUIDField(allow_null=True, help_text="What it explains: an answer,")
    report = serializers.UUIDField(allow_null=True, help_text="or an item of a skill report.")
    item = serializers.CharField(help_text="The item's key; empty for an answer.")
    status = serializers.ChoiceField(choices=Explanation.Status.choices)
    steps = StepOut(many=True)
    writing = serializers.CharField(help_text="The step in hand; not checked yet.")
    conclusion = serializers.CharField()
    problem = serializers.CharField(help_text="Why there is no conclusion, in a sentence.")
    timeline = serializers.UUIDField(allow_null=True, help_text="The revision that the steps were checked against.")
    model_name = serializers.CharField()
    adapter = serializers.CharField()
    error_code = serializers.CharField()
    error_message = serializers.CharField()
    job = serializers.UUIDField(allow_null=True)
    job_url = serializers.CharField(allow_null=True)
    events_url = serializers.CharField()
    intended_use = serializers.CharField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class ExplanationQueuedOut(serializers.Serializer[Any]):
    """Where the explanation will be. Ask there again, follow its events, or have a webhook called."""

    explanation = serializers.UUIDField()
    explanation_url = serializers.CharField()
    events_url = serializers.CharField()
    job = serializers.UUIDField(allow_null=True)
    job_url = serializers.CharField(allow_null=True)


def queued_body(explanation: Explanation) -> dict[str, Any]:
    return {
        "explanation": str(explanation.pk),
        "explanation_url": reverse("api:explanation", args=[explanation.pk]),
        **_ways(explanation),
    }


def explanation_body(explanation: Explanation) -> dict[str, Any]:
    return {
        "id": str(explanation.pk),
        "url": reverse("api:explanation", args=[explanation.pk]),
        "answer": str(explanation.answer_id) if explanation.answer_id else None,
        **_item(explanation),
        "status": explanation.status,
        "steps": [step_body(row) for row in explanation.steps],
        "writing": explanation.writing,
        "conclusion": explanation.conclusion,
        "problem": explanation.problem,
        "timeline": str(explanation.timeline_id) if explanation.timeline_id else None,
        "model_name": explanation.model_name,
        "adapter": explanation.adapter,
        "error_code": explanation.error_code,
        "error_message": explanation.error_message,
        **_ways(explanation),
        "intended_use": INTENDED_USE,
        "created_at": explanation.created_at.isoformat(),
        "finished_at": explanation.finished_at.isoformat() if explanation.finished_at else None,
    }


def step_body(row: dict[str, Any]) -> dict[str, Any]:
    """`row`: of an ExplainedStep."""
    cites = [{name: cite.get(name) for name in ("key", "words", "start_s", "end_s")} for cite in row.get("cites", ())]
    return {"text": row["text"], "mark": row["mark"], "note": row.get("note", ""), "cites": cites}


def _item(explanation: Explanation) -> dict[str, Any]:
    item = explanation.report_item
    return {"report": str(item.report_id) if item else None, "item": item.item.key if item else ""}


def _ways(explanation: Explanation) -> dict[str, Any]:
    return {
        "events_url": reverse("api:explanation_events", args=[explanation.pk]),
        "job": str(explanation.job_id) if explanation.job_id else None,
        "job_url": reverse("api:job", args=[explanation.job_id]) if explanation.job_id else None,
    }
