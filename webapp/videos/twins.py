"""Videos of the same content in one hospital: the bytes are kept once and prepared once.

Who uploads what a colleague already has gets an own video at once: what was found is the content's. While the
colleague's is still being prepared the newcomer waits for it: status processing, no job of its own.
"""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from webapp.accounts.models import Department, Hospital, Membership, User
from webapp.jobs.services import job_create, job_create_unqueued, job_retry
from webapp.videos.jobs import INGEST
from webapp.videos.models import Content, Video


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A file whose bytes are in storage. `filename` and `title` are clean text."""

    owner: User
    hospital: Hospital
    filename: str
    title: str
    size_bytes: int
    sha256: str


def video_for_arrival(arrival: Arrival, *, enqueue: bool = True) -> Video:
    """The owner's own video of this content, else a new one. Call it in a transaction, under the content's lock."""
    content, _ = Content.objects.get_or_create(
        hospital=arrival.hospital, sha256=arrival.sha256, defaults={"size_bytes": arrival.size_bytes}
    )
    own = _videos_of(content).filter(owner=arrival.owner).first()
    if own is not None:
        _try_again(own, enqueue=enqueue)
        return own
    video = Video.objects.create(
        content=content,
        hospital=arrival.hospital,
        department=_department(arrival),
        owner=arrival.owner,
        title=arrival.title,
        original_filename=arrival.filename,
    )
    others = _videos_of(content).exclude(pk=video.pk)
    if content.prepared_at is not None:
        _end_as(video, Video.Status.READY)
    elif not enqueue or not others.filter(status=Video.Status.PROCESSING).exists():
        _start(video, enqueue=enqueue)
    return video


def waiting_settle(video: Video) -> None:
    """`video` came to its end or is about to be deleted: those who waited for it share the outcome or go on alone."""
    others = _videos_of(video.content).exclude(pk=video.pk)
    waiting = list(others.filter(status=Video.Status.PROCESSING, job=None).order_by("created_at"))
    if not waiting:
        return
    if video.status in {Video.Status.READY, Video.Status.REJECTED}:
        for other in waiting:
            _end_as(other, Video.Status(video.status), reason_code=video.reason_code, reason=video.reason)
    elif not others.filter(status=Video.Status.PROCESSING).exclude(job=None).exists():
        _start(waiting[0])


def _videos_of(content: Content) -> "QuerySet[Video]":
    return content.videos.select_related("job", "content")


def _department(arrival: Arrival) -> Department | None:
    membership = Membership.objects.filter(user=arrival.owner, hospital=arrival.hospital).first()
    return membership.department if membership else None


def _try_again(video: Video, *, enqueue: bool) -> None:
    """Uploading a file again whose preparation failed or was cancelled asks for another attempt."""
    if video.status not in {Video.Status.FAILED, Video.Status.CANCELLED}:
        return
    if video.content.prepared_at is not None:
        _end_as(video, Video.Status.READY)
    elif video.job is None:
        _start(video, enqueue=enqueue)
    elif video.job.can_retry:
        job_retry(video.job, actor=None, enqueue=enqueue)
        video.refresh_from_db()


def _start(video: Video, *, enqueue: bool = True) -> None:
    create = job_create if enqueue else job_create_unqueued
    video.status = Video.Status.PROCESSING
    video.job = create(
        kind=INGEST,
        owner=video.owner,
        hospital=video.hospital,
        title=video.title,
        url=reverse("video", args=[video.pk]),
    )
    video.save(update_fields=["status", "job"])


def _end_as(video: Video, status: Video.Status, *, reason_code: str = "", reason: str = "") -> None:
    video.status, video.reason_code, video.reason = status, reason_code, reason
    if status == Video.Status.READY:
        video.ready_at = timezone.now()
    video.save(update_fields=["status", "reason_code", "reason", "ready_at"])
