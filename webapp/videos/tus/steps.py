"""The blocking steps of an upload: each runs in a thread, which closes its database connections when it is done."""

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from webapp.accounts.actors import account_actor
from webapp.lib.clients import client_ip
from webapp.lib.errors import NotFound
from webapp.lib.storage import content_paths, upload_part_path
from webapp.lib.trouble import storage_trouble
from webapp.videos.hashing import RANGE_MAX_BYTES, ends_sha256_of, range_sha256_of
from webapp.videos.models import Upload
from webapp.videos.parts import PartFile
from webapp.videos.selectors import upload_get_for_actor
from webapp.videos.services import video_create_from_upload
from webapp.videos.tus.access import actor_of
from webapp.videos.tus.digests import Digests
from webapp.videos.tus.protocol import CHECKSUM_MISMATCH, TusRefused
from webapp.videos.uploads import upload_create, upload_end, upload_forget, upload_reconcile

Result = TypeVar("Result")
OTHER_FILE = (
    "What arrived is not the file that this upload was begun with, so it was not kept. "
    "The file may have changed while it was sent. Choose it again."
)


async def in_thread(work: Callable[[], Result]) -> Result:
    return await asyncio.to_thread(_closing_connections, work)


def create(
    http: ASGIRequest, *, filename: str, size_bytes: int, metadata: str, ends_sha256: str
) -> tuple[Upload, PartFile]:
    """The new upload and its part file, locked."""
    upload = upload_create(
        actor=actor_of(http),
        ip_address=client_ip(http),
        filename=filename,
        size_bytes=size_bytes,
        metadata=metadata,
        ends_sha256=ends_sha256,
    )
    try:
        return upload, PartFile(upload_part_path(upload.pk))
    except OSError as error:
        upload.delete()
        raise storage_trouble(error) from error


def upload_of(http: ASGIRequest, upload_id: uuid.UUID, *, is_activity: bool = True) -> Upload:
    """Raises NotFound for another person's, TusRefused 410 for one that has expired or whose video was removed."""
    upload = upload_get_for_actor(actor_of(http, is_activity=is_activity), upload_id)
    is_finished = upload.status == Upload.Status.FINISHED
    if upload.status == Upload.Status.FAILED or (not is_finished and upload.expires_at < timezone.now()):
        raise TusRefused(410, "upload_expired", "This upload has expired. Choose the file again.")
    if is_finished and upload.video is None:
        raise TusRefused(410, "video_removed", "The video of this upload was removed. Choose the file again.")
    return upload


def describe(http: ASGIRequest, upload_id: uuid.UUID) -> dict[str, Any]:
    """What became of an upload, for the page that sent it and asks by itself."""
    upload = upload_of(http, upload_id, is_activity=False)
    video = upload.video
    described = {"offset_bytes": upload.offset_bytes, "size_bytes": upload.size_bytes, "video": None}
    if video is None:
        return described
    words = {"title": video.title, "status": video.status, "reason": video.reason}
    return {**described, "video": {**words, "was_known": upload.was_known, "url": reverse("video", args=[video.pk])}}


def stored_sha256(http: ASGIRequest, upload_id: uuid.UUID, *, start_bytes: int, end_bytes: int) -> str:
    """Of a range of what the server has, for a client that asks whether its file is the one that lies here."""
    upload = upload_of(http, upload_id)
    if not 0 <= start_bytes < end_bytes <= start_bytes + RANGE_MAX_BYTES:
        raise TusRefused(400, "bad_range", f"A range has at least one byte and at most {RANGE_MAX_BYTES}.")
    if end_bytes > upload.offset_bytes:
        raise TusRefused(409, "offset_conflict", f"The upload stands at byte {upload.offset_bytes}.")
    try:
        return range_sha256_of(_stored_path(upload), start_bytes=start_bytes, end_bytes=end_bytes)
    except FileNotFoundError as error:
        raise NotFound("The bytes of this upload are not there any more.") from error


def end(http: ASGIRequest, upload_id: uuid.UUID) -> None:
    actor = actor_of(http)
    upload_end(upload_of(http, upload_id), actor=actor, ip_address=client_ip(http))


def open_part(upload: Upload) -> PartFile:
    """Locked, and as long as the row says. Raises PartBusy; NotFound if the upload was ended meanwhile."""
    part = PartFile(upload_part_path(upload.pk))
    try:
        upload_reconcile(upload, part)
    except Upload.DoesNotExist as error:
        part.remove()
        part.close()
        raise NotFound("There is no such upload.") from error
    except BaseException:
        part.close()
        raise
    return part


def finish(upload: Upload, part: PartFile, http: ASGIRequest, digests: Digests) -> None:
    """A whole upload becomes a video, unless its ends are not those of the file it was begun with.

    The caller holds the part's lock.
    """
    digest = digests.at(upload.pk, offset_bytes=upload.size_bytes)
    try:
        if upload.ends_sha256 and ends_sha256_of(upload_part_path(upload.pk)) != upload.ends_sha256:
            upload_forget(upload, part)
            raise TusRefused(CHECKSUM_MISMATCH, "other_file", OTHER_FILE)
        sha256 = digest.hexdigest(size_bytes=upload.size_bytes)
        # The session may have run out while the last bytes came; the upload is its owner's all the same.
        actor = replace(account_actor(upload.owner), via="api" if http.headers.get("Authorization") else "page")
        video_create_from_upload(upload, actor=actor, sha256=sha256, ip_address=client_ip(http))
    except OSError as error:
        raise storage_trouble(error) from error
    digests.drop(upload.pk)


def _stored_path(upload: Upload) -> Path:
    if upload.video is None:
        return upload_part_path(upload.pk)
    return content_paths(upload.hospital_id, upload.video.content.sha256).original


def _closing_connections(work: Callable[[], Result]) -> Result:
    """Threads come and go, so none keeps a database connection."""
    try:
        return work()
    finally:
        connections.close_all()
