"""A video follows its job, also where a cancel or the watchdog ended it without the worker."""

from typing import Any

from django.dispatch import receiver

from webapp.jobs.models import Job
from webapp.jobs.signals import job_finished, job_restarted
from webapp.videos.models import Video
from webapp.videos.selectors import video_for_job
from webapp.videos.services import video_set_cancelled, video_set_failed, video_set_processing, video_set_ready


@receiver(job_finished, dispatch_uid="video_follows_finished_job")
def follow_finished_job(*, job: Job, **_kwargs: Any) -> None:
    video = video_for_job(job.pk)
    if video is None or video.status != Video.Status.PROCESSING:
        return
    if job.status == Job.Status.SUCCEEDED:
        video_set_ready(video)
    elif job.status == Job.Status.FAILED:
        video_set_failed(video, code=job.error_code, reason=job.error_message)
    else:
        video_set_cancelled(video)


@receiver(job_restarted, dispatch_uid="video_follows_restarted_job")
def follow_restarted_job(*, job: Job, **_kwargs: Any) -> None:
    video = video_for_job(job.pk)
    if video is not None:
        video_set_processing(video)
