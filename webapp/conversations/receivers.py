"""An answer follows its job, also where a cancel or the watchdog ended it without the worker. Its news follow it."""

from typing import Any

from django.db.models.signals import post_delete
from django.dispatch import receiver

from webapp.conversations import news
from webapp.conversations.jobs import ANSWER
from webapp.conversations.models import Answer
from webapp.conversations.outcomes import (
    LOST_CODE,
    LOST_MESSAGE,
    answer_cancelled,
    answer_fail,
    answer_requeued,
)
from webapp.jobs.models import Job
from webapp.jobs.signals import job_finished, job_restarted
from webapp.lib.commits import after_commit


@receiver(job_finished, dispatch_uid="answer_follows_finished_job")
def follow_finished_job(*, job: Job, **_kwargs: Any) -> None:
    answer_id = _answer_id(job)
    if answer_id is None:
        return
    if job.status == Job.Status.FAILED:
        answer_fail(answer_id, code=job.error_code, message=job.error_message)
    elif job.status == Job.Status.CANCELLED:
        answer_cancelled(answer_id)
    else:
        # The worker saved the answer before its job succeeded, so an answer still open here has been lost.
        answer_fail(answer_id, code=LOST_CODE, message=LOST_MESSAGE)


@receiver(job_restarted, dispatch_uid="answer_follows_restarted_job")
def follow_restarted_job(*, job: Job, **_kwargs: Any) -> None:
    answer_id = _answer_id(job)
    if answer_id is not None:
        answer_requeued(answer_id)


@receiver(post_delete, sender=Answer, dispatch_uid="news_follow_deleted_answer")
def forget_news(*, instance: Answer, **_kwargs: Any) -> None:
    after_commit(news.forget, instance.pk)


def _answer_id(job: Job) -> Any:
    if job.kind != ANSWER.name:
        return None
    return Answer.objects.filter(job=job).values_list("pk", flat=True).first()
