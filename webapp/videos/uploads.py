"""Everything that changes an upload's row. The row's offset is the truth: it counts bytes that were synced to disk.

What lies in the part file beyond it (a crash came between writing and noting) is cut off when the upload goes on.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from webapp.accounts.actors import Actor
from webapp.audit.actions import Action
from webapp.audit.services import audit_record
from webapp.lib.errors import InvalidInput, TooLarge
from webapp.lib.storage import promise_lock, upload_part_path
from webapp.videos.models import Upload
from webapp.videos.names import clean_filename
from webapp.videos.parts import PartBusy, PartFile
from webapp.videos.usage import check_room


def upload_create(
    *, actor: Actor, filename: str, size_bytes: int, metadata: str = "", ends_sha256: str = "", ip_address: str = ""
) -> Upload:
    """Raises InvalidInput for an empty file, TooLarge, or what `usage.check_room` raises."""
    if size_bytes <= 0:
        raise InvalidInput(
            "This file is empty (0 bytes). Export the video again and choose the new file.", "empty_file"
        )
    if size_bytes > settings.UPLOAD_MAX_BYTES:
        limit = filesizeformat(settings.UPLOAD_MAX_BYTES)
        raise TooLarge(f"This file is larger than the {limit} that one video may have.", "file_too_large")
    actor.require("videos")
    membership = actor.member
    hospital, until = membership.hospital, _from_now(settings.UPLOAD_EMPTY_S)
    with promise_lock(), transaction.atomic():
        check_room(owner_id=membership.user_id, hospital=hospital, size_bytes=size_bytes)
        upload = Upload.objects.create(
            owner_id=membership.user_id,
            hospital=hospital,
            filename=clean_filename(filename),
            metadata=metadata,
            ends_sha256=ends_sha256,
            size_bytes=size_bytes,
            promised_until=until,
            expires_at=until,
        )
        _record(Action.UPLOAD_BEGIN, upload, actor=actor, ip_address=ip_address)
    return upload


def upload_renew(upload: Upload) -> None:
    """Holds room again for an upload that stood still; nothing if it is held. Raises what `usage.check_room` raises."""
    if upload.promised_until > timezone.now():
        return
    left_bytes = upload.size_bytes - upload.offset_bytes
    with promise_lock(), transaction.atomic():
        check_room(owner_id=upload.owner_id, hospital=upload.hospital, size_bytes=left_bytes)
        upload.promised_until = _from_now(settings.UPLOAD_EMPTY_S)
        upload.save(update_fields=["promised_until"])


def upload_advance(upload: Upload, *, offset_bytes: int) -> bool:
    """Notes bytes that are safe on disk. False if another request has moved the offset meanwhile."""
    moved = Upload.objects.filter(
        pk=upload.pk, status=Upload.Status.RECEIVING, offset_bytes=upload.offset_bytes
    ).update(
        offset_bytes=offset_bytes,
        promised_until=_from_now(settings.UPLOAD_STALLED_S),
        expires_at=_from_now(settings.UPLOAD_EXPIRES_S),
    )
    if moved:
        upload.refresh_from_db()
    return bool(moved)


def upload_reconcile(upload: Upload, part: PartFile) -> None:
    """After a crash row and file may differ. The shorter one is right; the caller holds the part's lock."""
    upload.refresh_from_db()
    if part.size_bytes > upload.offset_bytes:
        part.truncate(upload.offset_bytes)
    elif part.size_bytes < upload.offset_bytes:
        upload_advance(upload, offset_bytes=part.size_bytes)


def upload_terminate(upload: Upload) -> None:
    """Forgets the upload and its bytes; a video that it has become stays. Raises PartBusy while it is being written."""
    with PartFile(upload_part_path(upload.pk)) as part:
        upload_forget(upload, part)


def upload_end(upload: Upload, *, actor: Actor, ip_address: str = "") -> None:
    """By the person who began it. Raises PartBusy while it is being written."""
    with transaction.atomic():
        if upload.status != Upload.Status.FINISHED:
            _record(Action.UPLOAD_END, upload, actor=actor, ip_address=ip_address)
        upload_terminate(upload)


def upload_forget(upload: Upload, part: PartFile) -> None:
    """The same for a caller that holds the part's lock."""
    Upload.objects.filter(pk=upload.pk).delete()
    part.remove()


def uploads_expire(*, now: datetime) -> int:
    """Forgets uploads that nobody went on with, and those finished long ago. Returns how many."""
    old = timedelta(seconds=settings.UPLOAD_EXPIRES_S)
    abandoned = Upload.objects.filter(expires_at__lt=now).exclude(status=Upload.Status.FINISHED)
    finished = Upload.objects.filter(expires_at__lt=now - old, status=Upload.Status.FINISHED)
    return sum(_expire(upload) for upload in [*abandoned[:1000], *finished[:1000]])


def _expire(upload: Upload) -> bool:
    try:
        upload_terminate(upload)
    except PartBusy:
        return False
    return True


def _from_now(seconds: int) -> datetime:
    return timezone.now() + timedelta(seconds=seconds)


def _record(action: Action, upload: Upload, *, actor: Actor, ip_address: str) -> None:
    """No file name: audit rows stay when everything else of an upload goes."""
    audit_record(
        action=action,
        actor=actor,
        hospital=upload.hospital,
        object_type="upload",
        object_id=str(upload.pk),
        ip_address=ip_address,
        detail={"size_bytes": upload.size_bytes, "offset_bytes": upload.offset_bytes},
    )
