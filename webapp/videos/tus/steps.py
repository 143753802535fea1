"""The blocking steps of an upload: each runs in a thread, which closes its database connections when it is done."""

import asyncio
import uuid
from collections.abc import Callable
from typing import TypeVar

from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from django.utils import timezone

from webapp.lib.clients import client_ip
from webapp.lib.errors import NotFound, StorageFull
from webapp.lib.storage import upload_part_path
from webapp.videos.models import Upload
from webapp.videos.parts import PartFile
from webapp.videos.selectors import upload_get_for_user
from webapp.videos.services import video_create_from_upload
from webapp.videos.tus.access import member_of
from webapp.videos.tus.digests import Digests
from webapp.videos.tus.protocol import TusRefused
from webapp.videos.uploads import upload_create, upload_reconcile

Result = TypeVar("Result")


async def in_thread(work: Callable[[], Result]) -> Result:
    return await asyncio.to_thread(_closing_connections, work)


def create(http: ASGIRequest, *, filename: str, size_bytes: int, metadata: str) -> tuple[Upload, PartFile]:
    """The new upload and its part file, locked."""
    membership = member_of(http)
    upload = upload_create(membership=membership, filename=filename, size_bytes=size_bytes, metadata=metadata)
    try:
        return upload, PartFile(upload_part_path(upload.pk))
    except OSError as error:
        upload.delete()
        raise StorageFull from error


def upload_of(http: ASGIRequest, upload_id: uuid.UUID) -> Upload:
    """Raises NotFound for another person's, TusRefused 410 for one that has expired."""
    upload = upload_get_for_user(member_of(http).user, upload_id)
    is_finished = upload.status == Upload.Status.FINISHED
    if upload.status == Upload.Status.FAILED or (not is_finished and upload.expires_at < timezone.now()):
        raise TusRefused(410, "upload_expired", "This upload has expired. Choose the file again.")
    return upload


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


def finish(upload: Upload, http: ASGIRequest, digests: Digests) -> None:
    """A whole upload becomes a video. The caller holds the part's lock."""
    digest = digests.at(upload.pk, offset_bytes=upload.size_bytes)
    try:
        sha256 = digest.hexdigest(size_bytes=upload.size_bytes)
        video_create_from_upload(upload, sha256=sha256, ip_address=client_ip(http))
    except OSError as error:
        raise StorageFull from error
    digests.drop(upload.pk)


def _closing_connections(work: Callable[[], Result]) -> Result:
    """Threads come and go, so none keeps a database connection."""
    try:
        return work()
    finally:
        connections.close_all()
