"""Videos of the same content in one hospital: the bytes are kept once and prepared once.

Who uploads what a colleague already has gets an own video at once, with what was found copied. While the colleague's
is still being prepared the newcomer waits for it: status processing, no job of its own.
"""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from webapp.accounts.models import Department, Hospital, Membership, User
from webapp.jobs.services import job_create, job_create_unqueued, job_retry
from webapp.videos.jobs import INGEST
from webapp.videos.models import TimelineSegment, Video

_FACTS = (
    "duration_s",
    "fps",
    "width_px",
    "height_px",
    "num_frames",
    "codec",
    "is_incomplete",
    "notes",
    "encoder_id",
    "is_text_covered",
)


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
    own = _same_content(arrival.hospital, arrival.sha256).filter(owner=arrival.owner).first()
    if own is not None:
        _try_again(own, enqueue=enqueue)
        return own
    video = Video.objects.create(
        hospital=arrival.hospital,
        department=_department(arrival),
        owner=arrival.owner,
        title=arrival.title,
        original_filename=arrival.filename,
        size_bytes=arrival.size_bytes,
        sha256=arrival.sha256,
    )
    others = _same_content(arrival.hospital, arrival.sha256).exclude(pk=video.pk)
    ready = others.filter(status=Video.Status.READY).first()
    if ready is not None:
        _copy_outcome(ready, video)
    elif not enqueue or not others.filter(status=Video.Status.PROCESSING).exists():
        _start(video, enqueue=enqueue)
    return video


def waiting_settle(video: Video) -> None:
    """`video` came to its end or is about to be deleted: those who waited for it share the outcome or go on alone."""
    others = _same_content(video.hospital, video.sha256).exclude(pk=video.pk)
    waiting = list(others.filter(status=Video.Status.PROCESSING, job=None).order_by("created_at"))
    if not waiting:
        return
    if video.status in {Video.Status.READY, Video.Status.REJECTED}:
        for other in waiting:
            _copy_outcome(video, other)
    elif not others.filter(status=Video.Status.PROCESSING).exclude(job=None).exists():
        _start(waiting[0])


def _same_content(hospital: Hospital, sha256: str) -> "QuerySet[Video]":
    return Video.objects.filter(hospital=hospital, sha256=sha256).select_related("job")


def _department(arrival: Arrival) -> Department | None:
    membership = Membership.objects.filter(user=arrival.owner, hospital=arrival.hospital).first()
    return membership.department if membership else None


def _try_again(video: Video, *, enqueue: bool) -> None:
    """Uploading a file again whose preparation failed or was cancelled asks for another attempt."""
    if video.status not in {Video.Status.FAILED, Video.Status.CANCELLED}:
        return
    if video.job is None:
        _start(video, enqueue=enqueue)
    elif video.job.can_retry:
        job_retry(video.job, enqueue=enqueue)
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


def _copy_outcome(source: Video, target: Video) -> None:
    for field in (*_FACTS, "status", "reason_code", "reason"):
        setattr(target, field, getattr(source, field))
    if source.status == Video.Status.READY:
        target.ready_at = timezone.now()
    target.save()
    rows = TimelineSegment.objects.filter(video=source)
    copies = [
        TimelineSegment(
            video=target,
            lane=row.lane,
            label=row.label,
            start_s=row.start_s,
            end_s=row.end_s,
            probability=row.probability,
        )
        for row in rows
    ]
    TimelineSegment.objects.bulk_create(copies, batch_size=500)
