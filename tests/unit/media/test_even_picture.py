"""A recording that shows nothing is told so; a dark one that shows something is not."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from inference.media.even_picture import ALL_BLACK, ALL_EVEN, note_of_even_picture

TILE = {"tile_width_px": 160, "tile_height_px": 90, "columns": 2, "num_tiles": 3, "interval_s": 1.0}


def sprite(folder: Path, *tiles: np.ndarray) -> tuple[Path, Path]:
    """Two columns; the fourth place stays black, as in every sheet that is not full."""
    sheet = np.zeros((180, 320, 3), np.uint8)
    for number, tile in enumerate(tiles):
        top, left = number // 2 * 90, number % 2 * 160
        sheet[top : top + 90, left : left + 160] = tile
    cv2.imwrite(str(folder / "sprite.jpg"), sheet)
    (folder / "sprite.json").write_text(json.dumps(TILE))
    return folder / "sprite.jpg", folder / "sprite.json"


def even(level: int | tuple[int, int, int]) -> np.ndarray:
    return np.full((90, 160, 3), level, np.uint8)


def picture(level: int) -> np.ndarray:
    return np.random.default_rng(7).integers(0, level, (90, 160, 3), dtype=np.uint8)


@pytest.mark.parametrize("level", [0, 16])
def test_black_throughout_is_told(tmp_path: Path, level: int) -> None:
    assert note_of_even_picture(*sprite(tmp_path, even(level), even(level), even(level))) == (ALL_BLACK,)


def test_one_colour_throughout_is_told(tmp_path: Path) -> None:
    blue = (200, 40, 30)
    assert note_of_even_picture(*sprite(tmp_path, even(blue), even(blue), even(blue))) == (ALL_EVEN,)


def test_one_tile_with_something_in_it_is_enough(tmp_path: Path) -> None:
    assert note_of_even_picture(*sprite(tmp_path, even(0), picture(255), even(0))) == ()


def test_a_dark_picture_is_a_picture(tmp_path: Path) -> None:
    assert note_of_even_picture(*sprite(tmp_path, picture(60), picture(60), picture(60))) == ()


def test_without_a_sprite_nothing_is_said(tmp_path: Path) -> None:
    assert note_of_even_picture(tmp_path / "no.jpg", tmp_path / "no.json") == ()
