"""What other apps do becomes events of the outbox, inside their transactions."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from webapp.api.webhooks.events import event_emit
from webapp.conversations.jobs import ANSWER
from webapp.jobs.models import Job
from webapp.jobs.signals import job_finished
from webapp.learning.jobs import EXPLAIN
from webapp.videos.models import Video

ENDINGS = (Video.Status.READY, Video.Status.REJECTED, Video.Status.FAILED, Video.Status.CANCELLED)


@receiver(post_save, sender=Video, dispatch_uid="webhooks_hear_of_videos")
def tell_of_video(*, instance: Video, created: bool, update_fields: Any = None, **_kwargs: Any) -> None:
    if created:
        event_emit("video.created", hospital_id=instance.hospital_id, object_id=instance.pk)
    if instance.status in ENDINGS and (created or (update_fields and "status" in update_fields)):
        event_emit(f"video.{instance.status}", hospital_id=instance.hospital_id, object_id=instance.pk)


@receiver(post_delete, sender=Video, dispatch_uid="webhooks_hear_of_removed_videos")
def tell_of_removed_video(*, instance: Video, **_kwargs: Any) -> None:
    event_emit("video.removed", hospital_id=instance.hospital_id, object_id=instance.pk)


@receiver(job_finished, dispatch_uid="webhooks_hear_of_jobs")
def tell_of_job(*, job: Job, **_kwargs: Any) -> None:
    event_emit("job.finished", hospital_id=job.hospital_id, object_id=job.pk)
    answer = getattr(job, "answer", None) if job.kind == ANSWER.name else None
    if answer is not None:
        event_emit("answer.finished", hospital_id=job.hospital_id, object_id=answer.pk)
    explanation = getattr(job, "explanation", None) if job.kind == EXPLAIN.name else None
    if explanation is not None:
        event_emit("explanation.finished", hospital_id=job.hospital_id, object_id=explanation.pk)
