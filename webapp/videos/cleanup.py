"""What is left over: uploads nobody went on with, files that no row speaks of (a crash, a removal during work), and
timelines that newer ones took the place of."""

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from webapp.lib.storage import storage_root
from webapp.videos.contents import content_remove_unused
from webapp.videos.models import Content, Upload
from webapp.videos.parts import PartBusy, PartFile
from webapp.videos.timelines import timelines_remove_uncited
from webapp.videos.uploads import uploads_expire

# Nothing that works on a file leaves it untouched for so long.
LEFT_OVER_AFTER_S = 24 * 3600


def storage_tidy(*, now: datetime) -> int:
    """Returns how many uploads, part files, contents and timelines were removed."""
    return uploads_expire(now=now) + _remove_stray_parts() + _remove_stray_contents() + timelines_remove_uncited()


def _remove_stray_parts() -> int:
    strays = [path for path in _old(storage_root() / "uploads", "*.part") if not _is_known(path)]
    return sum(_remove_part(path) for path in strays)


def _remove_stray_contents() -> int:
    """Folders content/<hospital>/<2 digits>/<sha256>, and rows whose last video went while the server died."""
    folders = _old(storage_root() / "content", "*/*/*")
    keys = [(folder.parent.parent.name, folder.name) for folder in folders]
    keys += [(str(content.hospital_id), content.sha256) for content in Content.objects.filter(videos=None)]
    return sum(content_remove_unused(*key) for key in dict.fromkeys(keys))


def _old(root: Path, pattern: str) -> Iterator[Path]:
    oldest_kept_s = time.time() - LEFT_OVER_AFTER_S
    for path in root.glob(pattern):
        try:
            newest_s = max(entry.stat().st_mtime for entry in (path, *path.glob("*")))
        except FileNotFoundError:
            continue
        if newest_s < oldest_kept_s:
            yield path


def _is_known(part: Path) -> bool:
    return Upload.objects.filter(pk=part.stem, status=Upload.Status.RECEIVING).exists()


def _remove_part(path: Path) -> bool:
    try:
        with PartFile(path) as part:
            part.remove()
    except PartBusy:
        return False
    return True
