"""Skill reports, readings and references on the wire. A report is sealed to who could still read its video blind."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from webapp.api.serializers.strict import PageQuery, Seconds, StrictSerializer, Text
from webapp.lib.intended_use import FORMATIVE, INTENDED_USE
from webapp.skills.models import Appeal, ReferenceClip, ReportItem, Rubric, Scorer, SkillReport


class ReportIn(StrictSerializer):
    comparison = serializers.UUIDField(help_text="Which comparison of the hospital to make.")


class ReadingIn(StrictSerializer):
    scores = serializers.DictField(child=serializers.IntegerField(min_value=0, max_value=100))
    level = Text(max_length=40)
    comment = Text(required=False, allow_blank=True, default="", max_length=2000)


class AppealIn(StrictSerializer):
    item = Text(max_length=60, help_text="The key of the item.")
    reason = Text(max_length=2000)
    start_s = Seconds(min_value=0)
    end_s = Seconds(min_value=0)


class ReferenceQuery(PageQuery):
    state = serializers.ChoiceField(choices=ReferenceClip.State.choices, required=False)


class ItemOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    expected = serializers.FloatField(allow_null=True, help_text="null: the comparison says nothing of it.")
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    reason = serializers.CharField()
    signed = serializers.FloatField(allow_null=True)


class ReportOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = serializers.CharField()
    video = serializers.UUIDField()
    surgeon = serializers.UUIDField()
    procedure = serializers.CharField()
    rubric = serializers.UUIDField()
    comparison = serializers.UUIDField()
    state = serializers.ChoiceField(choices=SkillReport.State.choices)
    job = serializers.UUIDField(allow_null=True)
    is_sealed = serializers.BooleanField(help_text="Nothing of what it says is shown before a reading, or open.")
    is_abstained = serializers.BooleanField(allow_null=True)
    items = ItemOut(many=True)
    revision = serializers.IntegerField(allow_null=True, help_text="Of the signature that stands.")
    intended_use = serializers.CharField()
    created_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)


class RequestedOut(serializers.Serializer[Any]):
    report = serializers.UUIDField()
    report_url = serializers.CharField()
    job_url = serializers.CharField(allow_null=True)


class AppealOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    item = serializers.CharField()
    state = serializers.ChoiceField(choices=Appeal.State.choices)
    reason = serializers.CharField()
    answer = serializers.CharField()
    start_s = serializers.FloatField()
    end_s = serializers.FloatField()
    created_at = serializers.DateTimeField()


class RubricItemOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()


class RubricOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    version = serializers.IntegerField()
    score_min = serializers.IntegerField()
    score_max = serializers.IntegerField()
    items = RubricItemOut(many=True)
    created_at = serializers.DateTimeField()


class ReferenceOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    video = serializers.UUIDField()
    procedure = serializers.CharField()
    rubric = serializers.UUIDField()
    level = serializers.CharField()
    state = serializers.ChoiceField(choices=ReferenceClip.State.choices)
    start_s = serializers.FloatField()
    end_s = serializers.FloatField()
    created_at = serializers.DateTimeField()


class ComparisonOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    procedure = serializers.CharField()
    rubric = serializers.UUIDField()
    levels = serializers.ListField(child=serializers.CharField())
    num_reviewers = serializers.IntegerField()
    created_at = serializers.DateTimeField()


def report_body(report: SkillReport, *, is_open: bool) -> dict[str, Any]:
    latest = list(report.revisions.all())[-1:] if is_open else []
    signed = latest[0].scores if latest else {}
    items = report.items.select_related("item") if is_open else []
    return {
        "id": str(report.pk),
        "url": reverse("api:report", args=[report.pk]),
        "video": str(report.video_id),
        "surgeon": str(report.surgeon_id),
        "procedure": report.procedure,
        "rubric": str(report.rubric_id),
        "comparison": str(report.scorer_id),
        "state": report.state,
        "job": str(report.job_id) if report.job_id else None,
        "is_sealed": not is_open,
        "is_abstained": report.is_abstained if is_open else None,
        "items": [item_body(item, signed) for item in items],
        "revision": latest[0].number if latest else None,
        "intended_use": f"{FORMATIVE} {INTENDED_USE}",
        "created_at": report.created_at.isoformat(),
        "submitted_at": report.submitted_at.isoformat() if report.submitted_at else None,
    }


def item_body(item: ReportItem, signed: dict[str, float]) -> dict[str, Any]:
    return {
        "key": item.item.key,
        "name": item.item.name,
        "expected": item.expected,
        "low": item.low,
        "high": item.high,
        "reason": item.reason,
        "signed": signed.get(item.item.key),
    }


def requested_body(report: SkillReport) -> dict[str, Any]:
    return {
        "report": str(report.pk),
        "report_url": reverse("api:report", args=[report.pk]),
        "job_url": reverse("api:job", args=[report.job_id]) if report.job_id else None,
    }


def appeal_body(appeal: Appeal) -> dict[str, Any]:
    return {
        "id": str(appeal.pk),
        "item": appeal.item.key,
        "state": appeal.state,
        "reason": appeal.reason,
        "answer": appeal.answer,
        "start_s": appeal.start_s,
        "end_s": appeal.end_s,
        "created_at": appeal.created_at.isoformat(),
    }


def rubric_body(rubric: Rubric) -> dict[str, Any]:
    return {
        "id": str(rubric.pk),
        "name": rubric.name,
        "version": rubric.version,
        "score_min": rubric.score_min,
        "score_max": rubric.score_max,
        "items": [{"key": one.key, "name": one.name, "description": one.description} for one in rubric.items.all()],
        "created_at": rubric.created_at.isoformat(),
    }


def reference_body(clip: ReferenceClip) -> dict[str, Any]:
    return {
        "id": str(clip.pk),
        "video": str(clip.video_id),
        "procedure": clip.procedure,
        "rubric": str(clip.rubric_id),
        "level": clip.level,
        "state": clip.state,
        "start_s": clip.start_s,
        "end_s": clip.end_s,
        "created_at": clip.created_at.isoformat(),
    }


def comparison_body(scorer: Scorer) -> dict[str, Any]:
    return {
        "id": str(scorer.pk),
        "procedure": scorer.procedure,
        "rubric": str(scorer.rubric_id),
        "levels": scorer.levels,
        "num_reviewers": scorer.num_reviewers,
        "created_at": scorer.created_at.isoformat(),
    }
