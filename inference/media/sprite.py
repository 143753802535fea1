"""The sheet of small pictures that the player shows while the pointer moves over the timeline."""

import json
import math
from pathlib import Path

from PIL import Image

from inference.media.pictures import pictures_every

COLUMNS = 10
TILE_SIDE_PX = 160
# 24 rows of ten: a sheet a phone can hold, and a tile each three minutes of a twelve-hour recording.
MAX_TILES = 240
JPEG_QUALITY = 72


def make_sprite(samples: Path, sprite: Path, index: Path, *, duration_s: float) -> None:
    """Writes the sheet and its index. Tile k, counted along the rows, shows second k * interval_s of the proxy."""
    interval_s = max(1, math.ceil(duration_s / MAX_TILES))
    tiles = []
    for picture in pictures_every(samples, step=interval_s):
        picture.thumbnail((TILE_SIDE_PX, TILE_SIDE_PX))
        tiles.append(picture)
    _sheet(tiles).save(sprite, format="JPEG", quality=JPEG_QUALITY, optimize=True)
    facts = {
        "tile_width_px": tiles[0].width,
        "tile_height_px": tiles[0].height,
        "columns": min(COLUMNS, len(tiles)),
        "interval_s": interval_s,
        "num_tiles": len(tiles),
    }
    index.write_text(json.dumps(facts), encoding="utf-8")


def _sheet(tiles: list[Image.Image]) -> Image.Image:
    width_px, height_px = tiles[0].size
    columns = min(COLUMNS, len(tiles))
    sheet = Image.new("RGB", (columns * width_px, math.ceil(len(tiles) / columns) * height_px))
    for number, tile in enumerate(tiles):
        sheet.paste(tile, (number % columns * width_px, number // columns * height_px))
    return sheet
