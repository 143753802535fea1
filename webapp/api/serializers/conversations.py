"""Questions and answers on the wire. Every answer says who wrote it, and what it is not for."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from rest_framework import serializers

from webapp.api.serializers.strict import Id, Seconds, StrictSerializer, Text
from webapp.conversations.models import Answer, Claim, Conversation, Question
from webapp.lib.intended_use import INTENDED_USE


class QuestionIn(StrictSerializer):
    """`window_start_s` and `window_end_s` come together: the part of the video that is asked about."""

    text = Text(max_length=settings.QUESTION_MAX_CHARS)
    follows = Id(required=False, allow_null=True, help_text="The answer that this follows.")
    window_start_s = Seconds(required=False, allow_null=True, min_value=0)
    window_end_s = Seconds(required=False, allow_null=True, min_value=0)


class JudgementIn(StrictSerializer):
    """An empty thumb takes the judgement back."""

    thumb = serializers.ChoiceField(choices=Answer.Thumb.choices, allow_blank=True)
    reason = Text(required=False, allow_blank=True, default="", max_length=2000)


class QueuedOut(serializers.Serializer[Any]):
    """Where the answer will be. Ask there again, follow its events, or have a webhook called."""

    question = serializers.UUIDField()
    answer = serializers.UUIDField()
    job = serializers.UUIDField(allow_null=True)
    answer_url = serializers.CharField()
    events_url = serializers.CharField()
    job_url = serializers.CharField(allow_null=True)


class ConversationOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = serializers.CharField()
    video = serializers.UUIDField()
    questions_url = serializers.CharField()
    created_at = serializers.DateTimeField()


class QuestionOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = serializers.CharField()
    conversation = serializers.UUIDField()
    text = serializers.CharField()
    follows = serializers.UUIDField(allow_null=True)
    window_start_s = serializers.FloatField(allow_null=True)
    window_end_s = serializers.FloatField(allow_null=True)
    answers = serializers.ListField(child=serializers.UUIDField())
    created_at = serializers.DateTimeField()


class ClaimOut(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    text = serializers.CharField()
    start_s = serializers.FloatField(allow_null=True)
    end_s = serializers.FloatField(allow_null=True)
    verdict = serializers.ChoiceField(choices=Claim.Verdict.choices)
    facts = serializers.ListField(child=serializers.UUIDField(), help_text="Facts of `timeline` behind the verdict.")


class AnswerOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = serializers.CharField()
    question = serializers.UUIDField()
    status = serializers.ChoiceField(choices=Answer.Status.choices)
    text = serializers.CharField()
    is_insufficient = serializers.BooleanField(help_text="There was not enough evidence to answer.")
    error_code = serializers.CharField()
    error_message = serializers.CharField()
    timeline = serializers.UUIDField(allow_null=True, help_text="The revision that the claims were checked against.")
    claims = ClaimOut(many=True)
    models = serializers.ListField(child=serializers.UUIDField(), help_text="Which model versions wrote it.")
    model_name = serializers.CharField()
    adapter = serializers.CharField()
    thumb = serializers.ChoiceField(choices=[*Answer.Thumb.choices, ("", "None")], allow_blank=True)
    thumb_reason = serializers.CharField()
    job = serializers.UUIDField(allow_null=True)
    intended_use = serializers.CharField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


def queued_body(answer: Answer) -> dict[str, Any]:
    return {
        "question": str(answer.question_id),
        "answer": str(answer.pk),
        "job": str(answer.job_id) if answer.job_id else None,
        "answer_url": reverse("api:answer", args=[answer.pk]),
        "events_url": reverse("api:answer_events", args=[answer.pk]),
        "job_url": reverse("api:job", args=[answer.job_id]) if answer.job_id else None,
    }


def conversation_body(conversation: Conversation) -> dict[str, Any]:
    return {
        "id": str(conversation.pk),
        "url": reverse("api:conversation", args=[conversation.pk]),
        "video": str(conversation.video_id),
        "questions_url": reverse("api:conversation_questions", args=[conversation.pk]),
        "created_at": conversation.created_at.isoformat(),
    }


def question_body(question: Question) -> dict[str, Any]:
    return {
        "id": str(question.pk),
        "url": reverse("api:question", args=[question.pk]),
        "conversation": str(question.conversation_id),
        "text": question.text,
        "follows": str(question.parent_id) if question.parent_id else None,
        "window_start_s": question.window_start_s,
        "window_end_s": question.window_end_s,
        "answers": [str(answer.pk) for answer in question.answers.all()],
        "created_at": question.created_at.isoformat(),
    }


def answer_body(answer: Answer, claims: list[Claim]) -> dict[str, Any]:
    return {
        "id": str(answer.pk),
        "url": reverse("api:answer", args=[answer.pk]),
        "question": str(answer.question_id),
        "status": answer.status,
        "text": answer.text,
        "is_insufficient": answer.is_insufficient,
        "error_code": answer.error_code,
        "error_message": answer.error_message,
        "timeline": str(answer.timeline_id) if answer.timeline_id else None,
        "claims": [claim_body(claim) for claim in claims],
        "models": [str(version.pk) for version in answer.model_versions.all()],
        "model_name": answer.model_name,
        "adapter": answer.adapter,
        "thumb": answer.thumb,
        "thumb_reason": answer.thumb_reason,
        "job": str(answer.job_id) if answer.job_id else None,
        "intended_use": INTENDED_USE,
        "created_at": answer.created_at.isoformat(),
        "finished_at": answer.finished_at.isoformat() if answer.finished_at else None,
    }


def claim_body(claim: Claim) -> dict[str, Any]:
    return {
        "index": claim.index,
        "text": claim.text,
        "start_s": claim.start_s,
        "end_s": claim.end_s,
        "verdict": claim.verdict,
        "facts": [str(fact.pk) for fact in claim.facts.all()],
    }
