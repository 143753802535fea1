"""An explanation follows its job, also where a cancel or the watchdog ended it without the worker."""

from typing import Any

from django.dispatch import receiver

from webapp.jobs.models import Job
from webapp.jobs.signals import job_finished, job_restarted
from webapp.learning.explanations import explanation_fail, explanation_restarted
from webapp.learning.jobs import EXPLAIN
from webapp.learning.models import Explanation

CANCELLED = "The explanation was cancelled."


@receiver(job_finished, dispatch_uid="explanation_follows_finished_job")
def follow_finished_job(*, job: Job, **_kwargs: Any) -> None:
    explanation = _explanation(job)
    if explanation is None:
        return
    if job.status == Job.Status.FAILED:
        explanation_fail(explanation.pk, code=job.error_code, message=job.error_message)
    elif job.status == Job.Status.CANCELLED:
        explanation_fail(explanation.pk, code="cancelled", message=CANCELLED)
    else:
        # The worker ends it before its job, so one that is still open here has been lost.
        explanation_fail(explanation.pk, code="lost", message=EXPLAIN.words_when_lost)


@receiver(job_restarted, dispatch_uid="explanation_follows_restarted_job")
def follow_restarted_job(*, job: Job, **_kwargs: Any) -> None:
    explanation = _explanation(job)
    if explanation is not None:
        explanation_restarted(explanation.pk)


def _explanation(job: Job) -> Explanation | None:
    if job.kind != EXPLAIN.name:
        return None
    return Explanation.objects.filter(job=job).first()
