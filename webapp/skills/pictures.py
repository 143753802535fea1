"""Small pictures of moments of a video, cut from the sheet that the player previews with."""

import json
from pathlib import Path

from PIL import Image

from webapp.lib.storage import content_paths
from webapp.videos.models import Content


class MomentPictures:
    """Of one content. Nothing where the sheet is not there or cannot be read: a report is none the worse for it."""

    def __init__(self, content: Content) -> None:
        paths = content_paths(content.hospital_id, content.sha256)
        self._index = _read_index(paths.sprite_index)
        self._sheet = _read_sheet(paths.sprite) if self._index else None

    def at(self, time_s: float) -> Image.Image | None:
        """The tile that the player would show for this second."""
        index, sheet = self._index, self._sheet
        if not index or sheet is None:
            return None
        tile = min(max(0, int(time_s / index["interval_s"])), int(index["num_tiles"]) - 1)
        width, height = int(index["tile_width_px"]), int(index["tile_height_px"])
        left, top = (tile % int(index["columns"])) * width, (tile // int(index["columns"])) * height
        if left + width > sheet.width or top + height > sheet.height:
            return None
        return sheet.crop((left, top, left + width, top + height))


def _read_index(path: Path) -> dict[str, float]:
    try:
        index = json.loads(path.read_text(encoding="utf-8"))
        return {
            name: float(index[name])
            for name in ("interval_s", "columns", "num_tiles", "tile_width_px", "tile_height_px")
        }
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _read_sheet(path: Path) -> Image.Image | None:
    try:
        with Image.open(path) as sheet:
            return sheet.convert("RGB")
    except OSError:
        return None
