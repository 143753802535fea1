"""A picture is decoded whole or refused by name, whatever was cut off and whatever it is instead."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inference.datasets.frames import DatasetInvalid
from inference.datasets.picture_file import read_picture, read_rgb


def noise(path: Path) -> Path:
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)).save(path)
    return path


@pytest.mark.parametrize("suffix", ["jpg", "png"])
@pytest.mark.parametrize("share", [0.0, 0.02, 0.5, 0.98])
def test_a_picture_that_was_copied_by_half_is_refused_by_name(tmp_path: Path, suffix: str, share: float) -> None:
    path = noise(tmp_path / f"a.{suffix}")
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(DatasetInvalid, match=rf"{tmp_path.name}/a.{suffix} cannot be read as a picture"):
        read_rgb(path)


def test_what_is_no_picture_is_refused_and_what_is_not_there_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("giraffe")
    with pytest.raises(DatasetInvalid, match=r"a\.png"):
        read_rgb(tmp_path / "a.png")
    with pytest.raises(FileNotFoundError):
        read_rgb(tmp_path / "b.png")


def test_channels_stay_as_they_are_unless_three_are_asked_for(tmp_path: Path) -> None:
    Image.fromarray(np.arange(16, dtype=np.uint8).reshape(4, 4)).save(tmp_path / "mask.png")
    assert np.asarray(read_picture(tmp_path / "mask.png")).tolist() == np.arange(16).reshape(4, 4).tolist()
    assert np.asarray(read_rgb(tmp_path / "mask.png")).shape == (4, 4, 3)
