"""A content and its files: copied in, and removed once no video of the hospital speaks of them."""

import os
import shutil
import uuid
from pathlib import Path

from webapp.lib.storage import content_lock, content_paths, remove_content, upload_part_path
from webapp.videos.hashing import sha256_of
from webapp.videos.models import Content


def content_remove_unused(hospital_id: uuid.UUID | str, sha256: str) -> bool:
    """True if row and files were removed. Under the content's lock, so an upload that has just landed keeps its own."""
    with content_lock(hospital_id, sha256):
        content = Content.objects.filter(hospital_id=hospital_id, sha256=sha256).first()
        if content is not None and content.videos.exists():
            return False
        if content is not None:
            content.delete()
        remove_content(content_paths(hospital_id, sha256))
    return True


def copy_into_storage(source: Path) -> tuple[Path, str]:
    """A durable copy beside the uploads, and its SHA-256."""
    part = upload_part_path(uuid.uuid4())
    part.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(source, part)
        with part.open("rb+") as copy:
            os.fsync(copy.fileno())
    except OSError:
        part.unlink(missing_ok=True)
        raise
    return part, sha256_of(part)
