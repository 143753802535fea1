"""Explanations are as private as the answers they explain."""

import uuid

from webapp.conversations.models import Answer
from webapp.learning.models import Explanation


def explanation_newest(answer: Answer) -> Explanation | None:
    return Explanation.objects.select_related("job").filter(answer=answer).first()


def explanation_for_job(job_id: uuid.UUID) -> Explanation | None:
    return (
        Explanation.objects.select_related("answer__question__conversation__video__content", "answer__timeline")
        .filter(job_id=job_id)
        .first()
    )
