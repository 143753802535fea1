"""Is there anything to see? Judged from the sprite: small pictures of the whole length, which exist already."""

import json
from pathlib import Path

import cv2
import numpy as np

# Studio black is 16 of 255, and compression adds a little.
BLACK_BELOW = 24
# Even screens of recorders (no signal) differ by compression alone.
EVEN_SPREAD = 3.0
# JPEG's blocks of 16 pixels mix neighbouring tiles at their edges.
INSIDE = np.s_[16:-16, 16:-16]

ALL_BLACK = (
    "The picture is black from beginning to end: there is nothing to see or to ask about. Was the camera connected?"
)
ALL_EVEN = "The picture has one even colour from beginning to end, as without a signal: there is nothing to ask about."


def note_of_even_picture(sprite: Path, sprite_index: Path) -> tuple[str, ...]:
    """A sentence if every tile shows nothing; none if one shows something, or the sprite cannot be read."""
    tiles = _tiles(sprite, sprite_index)
    if not tiles:
        return ()
    if all(np.percentile(tile, 99.5) <= BLACK_BELOW for tile in tiles):
        return (ALL_BLACK,)
    spread = max(float(tile.std(axis=(0, 1)).max()) for tile in tiles)
    return (ALL_EVEN,) if spread <= EVEN_SPREAD else ()


def _tiles(sprite: Path, sprite_index: Path) -> list[np.ndarray]:
    sheet = cv2.imread(str(sprite))
    if sheet is None or not sprite_index.exists():
        return []
    index = json.loads(sprite_index.read_text(encoding="utf-8"))
    width, height, columns = index["tile_width_px"], index["tile_height_px"], index["columns"]
    corners = [((n // columns) * height, (n % columns) * width) for n in range(index["num_tiles"])]
    return [sheet[top : top + height, left : left + width][INSIDE] for top, left in corners]
