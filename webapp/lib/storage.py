"""Where the bytes lie. Finished content is kept once per hospital and SHA-256; uploads on their way in lie apart.

    <storage>/content/<hospital>/<sha256[:2]>/<sha256>/original, proxy.mp4, poster.jpg, ...
    <storage>/uploads/<upload id>.part
    <storage>/locks/<hospital>-<sha256>, promises

No path is ever built from a file name that came from outside.
"""

import errno
import fcntl
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

# What file systems without hard links answer.
_NO_LINKS_HERE = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentPaths:
    """Every file that belongs to one content. A path is here whether or not its file has been written yet."""

    root: Path
    original: Path
    proxy: Path
    poster: Path
    sprite: Path
    sprite_index: Path
    pts: Path
    samples: Path
    screen_text: Path
    features: Path
    skill_sequence: Path


def content_paths(hospital_id: uuid.UUID | str, sha256: str) -> ContentPaths:
    """Raises ValueError if the hash is not 64 lower-case hex digits or the hospital is not a UUID."""
    root = storage_root() / "content" / _hospital(hospital_id) / _sha256(sha256)[:2] / sha256
    return ContentPaths(
        root=root,
        original=root / "original",
        proxy=root / "proxy.mp4",
        poster=root / "poster.jpg",
        sprite=root / "sprite.jpg",
        sprite_index=root / "sprite.json",
        pts=root / "pts.safetensors",
        samples=root / "samples.mp4",
        screen_text=root / "screen_text.json",
        features=root / "features.safetensors",
        skill_sequence=root / "skill_sequence.safetensors",
    )


def upload_part_path(upload_id: uuid.UUID | str) -> Path:
    return storage_root() / "uploads" / f"{uuid.UUID(str(upload_id))}.part"


def storage_root() -> Path:
    return Path(settings.STORAGE_DIR)


def hospital_content_bytes(hospital_id: uuid.UUID | str) -> int:
    """All that lies in a hospital's contents: originals, what was derived of them, and what is being made."""
    return _folder_bytes(storage_root() / "content" / _hospital(hospital_id))


def free_bytes() -> int:
    """Bytes that may still be written before the disk's reserve is touched; never negative."""
    root = storage_root()
    root.mkdir(parents=True, exist_ok=True)
    return max(0, shutil.disk_usage(root).free - settings.DISK_RESERVE_BYTES)


@contextmanager
def content_lock(hospital_id: uuid.UUID | str, sha256: str) -> Iterator[None]:
    """One writer or remover of a content at a time, across processes. The kernel frees it if the holder dies."""
    with _file_lock(f"{_hospital(hospital_id)}-{_sha256(sha256)}"):
        yield


@contextmanager
def promise_lock() -> Iterator[None]:
    """One count of what is free and promised at a time, across processes and hospitals."""
    with _file_lock("promises"):
        yield


def place_original(part: Path, paths: ContentPaths) -> None:
    """Gives a finished upload its place in the content's folder, durably; `part` stays until its row says it is done.

    A link, so whatever moment the power goes, the bytes can still be found from the row. An original that is there
    already has the same bytes: its folder is named by their hash.
    """
    if paths.original.exists():
        return
    paths.root.mkdir(parents=True, exist_ok=True)
    try:
        os.link(part, paths.original)
    except OSError as error:
        if error.errno not in _NO_LINKS_HERE:
            raise
        _copy_durably(part, paths.original)
    sync_folder(paths.root)


def remove_content(paths: ContentPaths) -> None:
    shutil.rmtree(paths.root, ignore_errors=True)


def sync_folder(folder: Path) -> None:
    """A new name in a folder outlives a power cut only once the folder itself was synced."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _folder_bytes(folder: str | Path) -> int:
    """A file that goes away meanwhile counts nothing."""
    num_bytes = 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                is_folder = entry.is_dir(follow_symlinks=False)
                num_bytes += _folder_bytes(entry.path) if is_folder else entry.stat(follow_symlinks=False).st_size
    except FileNotFoundError:
        pass
    return num_bytes


@contextmanager
def _file_lock(name: str) -> Iterator[None]:
    path = storage_root() / "locks" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _copy_durably(source: Path, target: Path) -> None:
    new = target.with_name("original.new")
    shutil.copyfile(source, new)
    with new.open("rb+") as copied:
        os.fsync(copied.fileno())
    os.replace(new, target)


def _hospital(hospital_id: uuid.UUID | str) -> str:
    return str(uuid.UUID(str(hospital_id)))


def _sha256(value: str) -> str:
    if not _SHA256.fullmatch(value):
        raise ValueError("not a SHA-256 in lower-case hex")
    return value
