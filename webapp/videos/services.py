"""Everything that changes a video. A content's files are in contents.py, videos of the same content in twins.py."""

from datetime import date
from pathlib import Path

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from webapp.accounts.actors import Actor
from webapp.accounts.models import Department, Hospital, User
from webapp.audit.actions import Action
from webapp.audit.services import audit_record
from webapp.jobs.services import job_cancel, jobs_forget, jobs_rename
from webapp.lib.commits import after_commit
from webapp.lib.erasure import remains_erase
from webapp.lib.errors import InvalidInput
from webapp.lib.storage import content_lock, content_paths, place_original, upload_part_path
from webapp.videos.contents import content_remove_unused, copy_into_storage
from webapp.videos.hashing import sha256_of
from webapp.videos.models import Content, Upload, Video
from webapp.videos.names import clean_filename, clean_text, title_from_filename
from webapp.videos.twins import Arrival, video_for_arrival, waiting_settle

PROCEDURE_MAX_CHARS = 120


def video_create_from_upload(upload: Upload, *, actor: Actor, sha256: str = "", ip_address: str = "") -> Video:
    """The video of a wholly received upload. Safe to call again: an upload becomes a video once.

    `sha256` spares reading the file when it was hashed on its way in.
    """
    part = upload_part_path(upload.pk)
    if upload.video is not None:
        return upload.video
    arrival = Arrival(
        owner=upload.owner,
        hospital=upload.hospital,
        filename=upload.filename,
        title=title_from_filename(upload.filename),
        size_bytes=upload.size_bytes,
        sha256=sha256 or sha256_of(part),
    )
    with content_lock(upload.hospital_id, arrival.sha256):
        place_original(part, content_paths(upload.hospital_id, arrival.sha256))
        began_at = timezone.now()
        with transaction.atomic():
            video = video_for_arrival(arrival)
            Upload.objects.filter(pk=upload.pk).update(
                status=Upload.Status.FINISHED,
                offset_bytes=upload.size_bytes,
                video=video,
                was_known=video.created_at < began_at,
            )
            _audit_arrival(video, arrival, actor=actor, ip_address=ip_address)
    part.unlink(missing_ok=True)
    upload.refresh_from_db()
    return video


def video_create_from_path(
    *, path: Path, owner: User, hospital: Hospital, actor: Actor, title: str = "", enqueue: bool = True
) -> Video:
    """The same for a file that already lies on this machine; it is copied. `enqueue=False`: the caller does the work.

    Raises InvalidInput if there is no such file.
    """
    if not path.is_file():
        raise InvalidInput(f"There is no file at {path}.", code="no_file")
    part, sha256 = copy_into_storage(path)
    filename = clean_filename(path.name)
    arrival = Arrival(
        owner=owner,
        hospital=hospital,
        filename=filename,
        title=clean_text(title) or title_from_filename(filename),
        size_bytes=part.stat().st_size,
        sha256=sha256,
    )
    with content_lock(hospital.pk, sha256):
        place_original(part, content_paths(hospital.pk, sha256))
        with transaction.atomic():
            video = video_for_arrival(arrival, enqueue=enqueue)
            _audit_arrival(video, arrival, actor=actor)
    part.unlink(missing_ok=True)
    return video


def video_set_ready(video: Video) -> None:
    """Also for those who uploaded the same content meanwhile and were waiting for this one."""
    now = timezone.now()
    with transaction.atomic():
        Content.objects.filter(pk=video.content_id, prepared_at=None).update(prepared_at=now)
        video.status, video.ready_at = Video.Status.READY, video.ready_at or now
        video.reason_code = video.reason = ""
        video.save(update_fields=["status", "ready_at", "reason_code", "reason"])
        waiting_settle(video)


def video_set_rejected(video: Video, *, code: str, reason: str) -> None:
    """The file can never be used; `reason` is a sentence for a surgeon."""
    _end(video, Video.Status.REJECTED, code=code, reason=reason)


def video_set_failed(video: Video, *, code: str, reason: str) -> None:
    _end(video, Video.Status.FAILED, code=code, reason=reason)


def video_set_cancelled(video: Video) -> None:
    _end(video, Video.Status.CANCELLED, code="cancelled", reason="Preparing this video was cancelled.")


def video_set_processing(video: Video) -> None:
    video.status, video.reason_code, video.reason = Video.Status.PROCESSING, "", ""
    video.save(update_fields=["status", "reason_code", "reason"])


def video_rename(video: Video, *, title: str, actor: Actor) -> None:
    """Raises InvalidInput if nothing readable is left of the title."""
    actor.require("videos")
    cleaned = clean_text(title)
    if not cleaned:
        raise InvalidInput("Give the video a title.", code="title_empty")
    with transaction.atomic():
        video.title = cleaned
        video.save(update_fields=["title"])
        jobs_rename(url=_page(video), title=cleaned)
        audit_record(
            action=Action.VIDEO_RENAME,
            actor=actor,
            hospital=video.hospital,
            object_type="video",
            object_id=str(video.pk),
        )


def video_describe(video: Video, *, procedure: str, operated_on: str, actor: Actor) -> None:
    """`operated_on` as YYYY-MM-DD; empty texts take back what was said. Raises InvalidInput."""
    actor.require("videos")
    video.procedure = clean_text(procedure)[:PROCEDURE_MAX_CHARS]
    video.operated_on = _past_day(operated_on)
    with transaction.atomic():
        video.save(update_fields=["procedure", "operated_on"])
        audit_record(
            action=Action.VIDEO_RENAME,
            actor=actor,
            hospital=video.hospital,
            object_type="video",
            object_id=str(video.pk),
        )


def video_move(video: Video, *, department: Department | None, actor: Actor) -> None:
    """Which surgeons may see it follows the department. None: of the surgeons its owner alone."""
    actor.require("videos")
    with transaction.atomic():
        video.department = department
        video.save(update_fields=["department"])
        audit_record(
            action=Action.VIDEO_MOVE,
            actor=actor,
            hospital=video.hospital,
            object_type="video",
            object_id=str(video.pk),
            detail={"department": str(department.pk) if department else ""},
        )


def _past_day(text: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput("Give the date of the operation as year, month and day.", code="date_invalid") from error
    if day > timezone.localdate():
        raise InvalidInput("The date of the operation lies in the future.", code="date_invalid")
    return day


def video_delete(video: Video, *, actor: Actor) -> None:
    """The row, all that hangs on it, and the files unless another video of the hospital has the same content.

    Work that is going on is stopped: its worker finds that the job is gone.
    """
    actor.require("videos")
    hospital_id, sha256, job = video.hospital_id, video.content.sha256, video.job
    with transaction.atomic():
        audit_record(
            action=Action.VIDEO_DELETE,
            actor=actor,
            hospital=video.hospital,
            object_type="video",
            object_id=str(video.pk),
            # No title and no file name: audit rows stay when everything else of a video goes.
            detail={"sha256": sha256},
        )
        if job is not None:
            job_cancel(job, actor=None)
            video.refresh_from_db()
        waiting_settle(video)
        page = _page(video)
        Upload.objects.filter(video=video).delete()
        video.delete()
        jobs_forget(url=page)
        after_commit(content_remove_unused, hospital_id, sha256)
        after_commit(remains_erase)


def _page(video: Video) -> str:
    """By this address jobs know what they are about: its preparation, and the answers to what was asked of it."""
    return reverse("video", args=[video.pk])


def _end(video: Video, status: Video.Status, *, code: str, reason: str) -> None:
    with transaction.atomic():
        video.status, video.reason_code, video.reason = status, code[:60], reason
        video.save(update_fields=["status", "reason_code", "reason"])
        waiting_settle(video)


def _audit_arrival(video: Video, arrival: Arrival, *, actor: Actor, ip_address: str = "") -> None:
    audit_record(
        action=Action.VIDEO_UPLOAD,
        actor=actor,
        hospital=arrival.hospital,
        object_type="video",
        object_id=str(video.pk),
        ip_address=ip_address,
        detail={"size_bytes": arrival.size_bytes, "sha256": arrival.sha256},
    )
