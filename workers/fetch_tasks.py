"""Fetches a video from a store into an upload, and hands it in as any upload. After a break it goes on."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import structlog
from celery import shared_task

from inference.errors import Stopped
from inference.progress import Progress
from webapp.accounts.actors import Actor
from webapp.accounts.selectors import membership_get
from webapp.lib.errors import ApplicationError, Conflict, InvalidInput, NotFound
from webapp.lib.outside import OutsideUnreachable, stream
from webapp.lib.storage import upload_part_path
from webapp.stores import Store
from webapp.videos.fetches import StoreRefused, address_of, fetch_begin, fetch_finish, fetch_forget, store_of
from webapp.videos.hashing import sha256_of
from webapp.videos.models import Fetch, Upload
from webapp.videos.parts import PartBusy, PartFile
from webapp.videos.uploads import upload_advance, upload_reconcile, upload_renew
from workers.stages import StageContext, run_stage

PIECE_BYTES = 1024 * 1024
DURABLE_EVERY_BYTES = 16 * 1024 * 1024
# Who sends less than this on the average, after a while to begin, keeps the others waiting.
MIN_BYTES_PER_S = 64 * 1024
SLOW_START_S = 60.0
# Between attempts that broke off; after these the job's owner is told, and a retry goes on where it was.
WAITS_S = (1.0, 5.0, 15.0)
log = structlog.get_logger(__name__)


class StoreAnswered(ApplicationError):
    """The store did not send the file."""

    status = 502
    default_code = "store_answered"
    permanent = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`size_bytes` of the whole file, whose bytes from `offset_bytes` on come in `pieces`."""

    size_bytes: int
    offset_bytes: int
    validator: str
    pieces: Iterator[bytes]


@shared_task(name="workers.fetch_tasks.fetch_video")
def fetch_video(job_id: str, stage: str) -> None:
    run_stage(job_id, stage, fetch_stage)


def fetch_stage(context: StageContext) -> None:
    """Raises StoreRefused where the store was taken off the list meanwhile, PermissionRefused for who has left."""
    fetch = Fetch.objects.select_related("job__hospital", "upload__hospital").get(job=context.job)
    owner = context.job.owner
    if owner is None or fetch.video_id is not None:
        return
    actor = Actor(membership=membership_get(owner), via="worker", operator=context.job.worker)
    store = store_of(address_of(fetch), hospital=context.job.hospital.slug)
    upload = _receive_patiently(context, fetch, store, actor)
    sha256 = sha256_of(upload_part_path(upload.pk))
    try:
        context.write(fetch_finish, fetch, actor=actor, sha256=sha256)
    except InvalidInput:
        context.write(fetch_forget, fetch, actor=actor)
        raise


def _receive_patiently(context: StageContext, fetch: Fetch, store: Store, actor: Actor) -> Upload:
    for wait_s in (*WAITS_S, None):
        try:
            return _receive(context, fetch, store, actor)
        except OutsideUnreachable as error:
            log.info("fetch_broke_off", reason=error.message)
            if wait_s is None:
                raise
        _sleep(context, wait_s)
    raise AssertionError("the last attempt returns or raises")


def _receive(context: StageContext, fetch: Fetch, store: Store, actor: Actor) -> Upload:
    """All of the file that is not here yet."""
    upload = fetch.upload
    if upload is not None:
        with _part(upload) as part:
            upload_reconcile(upload, part)
        if upload.offset_bytes == upload.size_bytes:
            return upload
    offset_bytes = upload.offset_bytes if upload is not None and fetch.validator else 0
    with _open(store, address_of(fetch), offset_bytes=offset_bytes, validator=fetch.validator) as found:
        if upload is None or (found.offset_bytes, found.size_bytes) != (upload.offset_bytes, upload.size_bytes):
            if found.offset_bytes:
                raise StoreAnswered("The file in the store has changed while it was fetched. Try again.")
            upload = context.write(
                fetch_begin, fetch, actor=actor, size_bytes=found.size_bytes, validator=found.validator
            )
        else:
            context.write(upload_renew, upload)
        with _part(upload) as part:
            _write(context, upload, part, found)
    if upload.offset_bytes < upload.size_bytes:
        raise OutsideUnreachable("The store ended before the file was whole.")
    return upload


def _write(context: StageContext, upload: Upload, part: PartFile, found: Found) -> None:
    started_s, end_bytes = time.monotonic(), upload.offset_bytes
    try:
        for piece in found.pieces:
            if context.should_stop():
                raise Stopped("the fetch was cancelled")
            if end_bytes + len(piece) > upload.size_bytes:
                raise StoreAnswered("The store sent more bytes than it had announced.")
            part.append(piece)
            end_bytes += len(piece)
            if end_bytes - upload.offset_bytes >= DURABLE_EVERY_BYTES:
                _keep(context, upload, part, end_bytes)
            _require_pace(end_bytes - found.offset_bytes, time.monotonic() - started_s)
            context.on_progress(Progress(done=end_bytes, total=upload.size_bytes, unit="bytes"))
    finally:
        _keep(context, upload, part, end_bytes)


def _keep(context: StageContext, upload: Upload, part: PartFile, end_bytes: int) -> None:
    part.sync()
    if end_bytes > upload.offset_bytes:
        context.write(upload_advance, upload, offset_bytes=end_bytes)


def _require_pace(num_bytes: int, took_s: float) -> None:
    if took_s > SLOW_START_S and num_bytes < MIN_BYTES_PER_S * (took_s - SLOW_START_S):
        raise OutsideUnreachable("The store sends too slowly.")


@contextmanager
def _part(upload: Upload) -> Iterator[PartFile]:
    try:
        with PartFile(upload_part_path(upload.pk)) as part:
            yield part
    except PartBusy as error:
        raise Conflict("Another worker still has this file open. Try again in a moment.", "part_busy") from error


@contextmanager
def _open(store: Store, address: str, *, offset_bytes: int, validator: str) -> Iterator[Found]:
    if store.folder is not None:
        with _open_file(store.folder, address, offset_bytes=offset_bytes, validator=validator) as found:
            yield found
    else:
        with _open_url(address, offset_bytes=offset_bytes, validator=validator) as found:
            yield found


@contextmanager
def _open_file(folder: Path, address: str, *, offset_bytes: int, validator: str) -> Iterator[Found]:
    """Raises StoreRefused for a link that leads out of the store, NotFound for what is no file."""
    inside = unquote(urlsplit(address).path).partition("/")[2]
    root, path = folder.resolve(), (folder / inside).resolve()
    if not path.is_relative_to(root):
        raise StoreRefused
    if not path.is_file():
        raise NotFound("There is no such file in the store.", "store_no_file")
    with path.open("rb") as file:
        stat = path.stat()
        now = f"{stat.st_mtime_ns}-{stat.st_size}"
        offset_bytes = offset_bytes if validator == now else 0
        file.seek(offset_bytes)
        pieces = iter(lambda: file.read(PIECE_BYTES), b"")
        yield Found(size_bytes=stat.st_size, offset_bytes=offset_bytes, validator=now, pieces=pieces)


@contextmanager
def _open_url(address: str, *, offset_bytes: int, validator: str) -> Iterator[Found]:
    """Asks for the rest, if it is still of the same version (RFC 9110, If-Range). Raises StoreAnswered."""
    headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
    if offset_bytes:
        headers |= {"Range": f"bytes={offset_bytes}-", "If-Range": validator}
    with stream(address, headers=headers) as answer:
        if answer.status not in (200, 206):
            raise _refusal(answer.status)
        size_bytes = _size_bytes(answer.status, answer.headers, offset_bytes)
        yield Found(
            size_bytes=size_bytes,
            offset_bytes=offset_bytes if answer.status == 206 else 0,
            validator=_validator(answer.headers),
            pieces=answer.pieces,
        )


def _refusal(status: int) -> ApplicationError:
    if status in (404, 410):
        return NotFound("There is no such file in the store.", "store_no_file")
    if 300 <= status < 400:
        return StoreRefused("The store sends to another address, which is not followed.")
    if status in (401, 403):
        return StoreAnswered(f"The store refused (status {status}). A signed address may have run out.")
    if status >= 500 or status == 429:
        return OutsideUnreachable(f"The store is in trouble (status {status}).")
    return StoreAnswered(f"The store answered with status {status}.")


def _size_bytes(status: int, headers: dict[str, str], offset_bytes: int) -> int:
    """Raises StoreAnswered for what has no length or is not the part that was asked for."""
    text = headers.get("content-length", "")
    if status == 206:
        begin, _, text = headers.get("content-range", "").rpartition("/")
        if not begin.startswith(f"bytes {offset_bytes}-"):
            raise StoreAnswered("The store sent another part of the file than was asked for.")
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise StoreAnswered("The store does not say how large the file is.")
    if headers.get("content-encoding", "identity") != "identity":
        raise InvalidInput("The store sends the file compressed.", "store_compressed")
    return int(text)


def _validator(headers: dict[str, str]) -> str:
    """Something that If-Range may hold: a strong ETag, else a date."""
    etag = headers.get("etag", "")
    found = etag if etag.startswith('"') else headers.get("last-modified", "")
    return found if len(found) <= 200 else ""


def _sleep(context: StageContext, wait_s: float) -> None:
    """Raises Stopped."""
    until_s = time.monotonic() + wait_s
    while time.monotonic() < until_s:
        if context.should_stop():
            raise Stopped("the fetch was cancelled")
        time.sleep(0.2)
