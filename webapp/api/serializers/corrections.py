"""What people correct in answers and explanations, on the wire."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from webapp.api.serializers.strict import Id, PageQuery, StrictSerializer, Text
from webapp.learning.drafts import SENTENCE_MAX_CHARS
from webapp.learning.models import Correction, CorrectionReading

State = Correction.State


class CorrectionQuery(PageQuery):
    state = serializers.ChoiceField(choices=State.choices, required=False)


class CorrectionIn(StrictSerializer):
    """`first_wrong_step` needs `explanation`, `step_index` (0 is the first), `right_step`; `edited_answer` a reason."""

    kind = serializers.ChoiceField(choices=Correction.Kind.choices)
    explanation = Id(required=False, allow_null=True)
    step_index = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=1000)
    right_step = Text(required=False, allow_blank=True, default="", max_length=SENTENCE_MAX_CHARS)
    edited_answer = Text(required=False, allow_blank=True, default="", max_length=SENTENCE_MAX_CHARS)
    reason = Text(required=False, allow_blank=True, default="", max_length=SENTENCE_MAX_CHARS)


class CorrectionReadingIn(StrictSerializer):
    """Who declines says why."""

    verdict = serializers.ChoiceField(choices=CorrectionReading.Verdict.choices)
    note = Text(required=False, allow_blank=True, default="", max_length=2000)


class WithdrawalIn(StrictSerializer):
    """Who withdraws another person's says why."""

    reason = Text(required=False, allow_blank=True, default="", max_length=2000)


class CorrectionReadingOut(serializers.Serializer[Any]):
    reader = serializers.UUIDField()
    verdict = serializers.ChoiceField(choices=CorrectionReading.Verdict.choices)
    note = serializers.CharField()
    created_at = serializers.DateTimeField()


class CorrectionQueuedOut(serializers.Serializer[Any]):
    """Where it is told what code found, and later what its readers said."""

    correction = serializers.UUIDField()
    correction_url = serializers.CharField()
    job = serializers.UUIDField(allow_null=True)
    job_url = serializers.CharField(allow_null=True)


class CorrectionOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = serializers.CharField()
    author = serializers.UUIDField()
    answer = serializers.UUIDField()
    explanation = serializers.UUIDField(allow_null=True)
    kind = serializers.ChoiceField(choices=Correction.Kind.choices)
    state = serializers.ChoiceField(choices=State.choices)
    question = serializers.CharField(help_text="As it was shown to the author, like the three below.")
    attempt = serializers.ListField(child=serializers.CharField())
    conclusion = serializers.CharField()
    step_index = serializers.IntegerField(allow_null=True)
    right_step = serializers.CharField()
    edited_answer = serializers.CharField()
    reason = serializers.CharField()
    problem = serializers.CharField(help_text="Why code sent it back.")
    remarks = serializers.ListField(child=serializers.CharField(), help_text="What code tells its readers.")
    readings = CorrectionReadingOut(many=True)
    reference = serializers.UUIDField(allow_null=True, help_text="What training reads of it, once it is approved.")
    reference_version = serializers.IntegerField(allow_null=True)
    reference_state = serializers.CharField(help_text="active, superseded or withdrawn; empty for none.")
    runs = serializers.ListField(
        child=serializers.DictField(), help_text="Training runs that learnt from it or left it out, and why."
    )
    created_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


def queued_body(correction: Correction) -> dict[str, Any]:
    return {
        "correction": str(correction.pk),
        "correction_url": reverse("api:correction", args=[correction.pk]),
        "job": str(correction.job_id) if correction.job_id else None,
        "job_url": reverse("api:job", args=[correction.job_id]) if correction.job_id else None,
    }


def correction_body(correction: Correction) -> dict[str, Any]:
    return {
        "id": str(correction.pk),
        "url": reverse("api:correction", args=[correction.pk]),
        "author": str(correction.author_id),
        "answer": str(correction.answer_id),
        "explanation": str(correction.explanation_id) if correction.explanation_id else None,
        "kind": correction.kind,
        "state": correction.state,
        "question": correction.question,
        "attempt": correction.attempt,
        "conclusion": correction.conclusion,
        "step_index": correction.step_index,
        "right_step": correction.right_step,
        "edited_answer": correction.edited_answer,
        "reason": correction.reason,
        "problem": correction.problem,
        "remarks": correction.remarks,
        "readings": [_reading(one) for one in correction.readings.all()],
        **_reference(correction),
        "created_at": correction.created_at.isoformat(),
        "decided_at": correction.decided_at.isoformat() if correction.decided_at else None,
    }


def _reading(reading: CorrectionReading) -> dict[str, Any]:
    return {
        "reader": str(reading.reader_id),
        "verdict": reading.verdict,
        "note": reading.note,
        "created_at": reading.created_at.isoformat(),
    }


def _reference(correction: Correction) -> dict[str, Any]:
    reference = getattr(correction, "reference", None)
    if reference is None:
        return {"reference": None, "reference_version": None, "reference_state": "", "runs": []}
    uses = [{"number": use.run_number, "outcome": use.outcome, "reason": use.reason} for use in reference.uses.all()]
    return {
        "reference": str(reference.pk),
        "reference_version": reference.version,
        "reference_state": reference.state,
        "runs": uses,
    }
