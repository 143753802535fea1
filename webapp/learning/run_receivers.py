"""A training run follows its job, also where a cancel or the watchdog ended it without the worker."""

from typing import Any

from django.dispatch import receiver

from webapp.jobs.models import Job
from webapp.jobs.signals import job_finished, job_restarted
from webapp.learning.jobs import TRAIN
from webapp.learning.models import TrainingRun
from webapp.learning.runs import training_run_ended, training_run_restarted


@receiver(job_finished, dispatch_uid="training_run_follows_finished_job")
def follow_finished_job(*, job: Job, **_kwargs: Any) -> None:
    run = _run(job)
    if run is None:
        return
    if job.status == Job.Status.FAILED:
        training_run_ended(run.pk, state=TrainingRun.State.FAILED, code=job.error_code, message=job.error_message)
    elif job.status == Job.Status.CANCELLED:
        state = TrainingRun.State.PAUSED if run.is_pause_asked else TrainingRun.State.CANCELLED
        training_run_ended(run.pk, state=state)
    else:
        # The worker ends it before its job, so one that is still open here has been lost.
        training_run_ended(run.pk, state=TrainingRun.State.FAILED, code="lost", message=TRAIN.words_when_lost)


@receiver(job_restarted, dispatch_uid="training_run_follows_restarted_job")
def follow_restarted_job(*, job: Job, **_kwargs: Any) -> None:
    run = _run(job)
    if run is not None:
        training_run_restarted(run.pk)


def _run(job: Job) -> TrainingRun | None:
    if job.kind != TRAIN.name:
        return None
    return TrainingRun.objects.filter(job=job).first()
