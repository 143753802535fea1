"""A report follows its job, also where a cancel or the watchdog ended it without the worker."""

from typing import Any

from django.db.models.signals import post_delete
from django.dispatch import receiver

from webapp.jobs.models import Job
from webapp.jobs.signals import job_finished, job_restarted
from webapp.notices.services import notices_forget
from webapp.skills.jobs import SKILL_SCORE
from webapp.skills.models import SkillReport
from webapp.skills.reports import report_failed, report_page, report_restarted

CANCELLED = "The comparison was cancelled."


@receiver(job_finished, dispatch_uid="skill_report_follows_finished_job")
def follow_finished_job(*, job: Job, **_kwargs: Any) -> None:
    report = _report(job)
    if report is None:
        return
    if job.status == Job.Status.FAILED:
        report_failed(report, code=job.error_code, reason=job.error_message)
    elif job.status == Job.Status.CANCELLED:
        report_failed(report, code="cancelled", reason=CANCELLED)
    else:
        # The worker wrote the score before its job succeeded, so a report still open here has been lost.
        report_failed(report, code="lost", reason=SKILL_SCORE.words_when_lost)


@receiver(job_restarted, dispatch_uid="skill_report_follows_restarted_job")
def follow_restarted_job(*, job: Job, **_kwargs: Any) -> None:
    report = _report(job)
    if report is not None:
        report_restarted(report)


@receiver(post_delete, sender=SkillReport, dispatch_uid="notices_follow_deleted_report")
def forget_notices(*, instance: SkillReport, **_kwargs: Any) -> None:
    notices_forget(url_prefix=report_page(instance))
    notices_forget(url_prefix=f"/review/{instance.pk}/")


def _report(job: Job) -> SkillReport | None:
    if job.kind != SKILL_SCORE.name:
        return None
    return SkillReport.objects.filter(job=job).first()
