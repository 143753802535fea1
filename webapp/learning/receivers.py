"""Explanations and corrections follow their jobs, also where a cancel or the watchdog ended those without the worker.

A reference that goes with its video leaves a receipt.
"""

from typing import Any

from django.db.models import QuerySet
from django.db.models.signals import post_delete, pre_delete
from django.dispatch import receiver

from webapp.jobs.models import Job
from webapp.jobs.signals import job_finished, job_restarted
from webapp.learning.corrections import correction_refuse, correction_restarted, page_of
from webapp.learning.explanations import explanation_fail, explanation_restarted
from webapp.learning.jobs import CHECK_CORRECTION, EXPLAIN
from webapp.learning.models import Correction, Explanation, ReferenceSolution
from webapp.learning.references import receipt_write
from webapp.notices.services import notices_forget
from webapp.videos.models import Video

CANCELLED = "The explanation was cancelled."
CHECK_CANCELLED = "The check was cancelled. Send the correction again."
WITH_ITS_VIDEO = "Its video was removed."


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


@receiver(job_finished, dispatch_uid="correction_follows_finished_job")
def follow_finished_check(*, job: Job, **_kwargs: Any) -> None:
    """One that is not being checked any more stays as it is: the worker settles it before its job."""
    correction = _correction(job)
    if correction is None:
        return
    if job.status == Job.Status.FAILED:
        correction_refuse(correction.pk, problem=job.error_message or CHECK_CORRECTION.words_when_lost)
    elif job.status == Job.Status.CANCELLED:
        correction_refuse(correction.pk, problem=CHECK_CANCELLED)
    else:
        correction_refuse(correction.pk, problem=CHECK_CORRECTION.words_when_lost)


@receiver(job_restarted, dispatch_uid="correction_follows_restarted_job")
def follow_restarted_check(*, job: Job, **_kwargs: Any) -> None:
    correction = _correction(job)
    if correction is not None:
        correction_restarted(correction)


@receiver(pre_delete, sender=ReferenceSolution, dispatch_uid="receipt_of_a_removed_reference")
def leave_receipt(*, instance: ReferenceSolution, origin: Any, **_kwargs: Any) -> None:
    """Only with its video: where a person or a hospital goes, nobody is left to be told."""
    model = origin.model if isinstance(origin, QuerySet) else type(origin)
    if model is Video and instance.state != ReferenceSolution.State.WITHDRAWN:
        receipt_write(instance, correction=None, withdrawn_by=None, reason=WITH_ITS_VIDEO)


@receiver(post_delete, sender=Correction, dispatch_uid="notices_follow_deleted_correction")
def forget_notices(*, instance: Correction, **_kwargs: Any) -> None:
    notices_forget(url_prefix=page_of(instance))


def _correction(job: Job) -> Correction | None:
    if job.kind != CHECK_CORRECTION.name:
        return None
    return Correction.objects.filter(job=job).first()


def _explanation(job: Job) -> Explanation | None:
    if job.kind != EXPLAIN.name:
        return None
    return Explanation.objects.filter(job=job).first()
