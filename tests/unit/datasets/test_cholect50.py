"""Label files as they come: PNG or JPEG, with and without a phase."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from inference.datasets import cholect50
from inference.datasets.frames import DatasetInvalid
from inference.llava_surg.surg_qa.windows import cholect50_windows

CATEGORIES = {
    "instrument": {"0": "grasper", "1": "hook"},
    "verb": {"0": "grasp", "9": "null_verb"},
    "target": {"0": "gallbladder", "14": "null_target"},
    "phase": {"0": "preparation", "1": "carlot-triangle-dissection"},
}


def row(phase: int | None = 1, *, width: int = 15) -> list[Any]:
    return [12, 1, 1, -1, -1, -1, -1, 0, 0, -1, 0.1, 0.2, 0.3, 0.4, phase][:width]


def lay(tmp_path: Path, rows: list[list[Any]], *, suffix: str = "png", pictures: bool = True) -> Path:
    folder = tmp_path / "cholect50"
    (folder / "labels").mkdir(parents=True)
    (folder / "videos" / "VID01").mkdir(parents=True)
    content = {"categories": CATEGORIES, "annotations": {str(second): [found] for second, found in enumerate(rows)}}
    (folder / "labels" / "VID01.json").write_text(json.dumps(content))
    for second in range(len(rows) if pictures else 0):
        picture = Image.fromarray(np.zeros((8, 8, 3), dtype=np.uint8))
        picture.save(folder / "videos" / "VID01" / f"{second:06d}.{suffix}")
    return tmp_path


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_frames_are_read_as_published_and_as_somebody_shrank_them(tmp_path: Path, suffix: str) -> None:
    video = cholect50.read_video(lay(tmp_path, [row()] * 4, suffix=suffix), "VID01")

    assert video.seconds == (0, 1, 2, 3)
    assert video.labels["phase"] == (frozenset({"carlot-triangle-dissection"}),) * 4


def test_rows_of_14_columns_have_no_phase_but_all_else(tmp_path: Path) -> None:
    data = lay(tmp_path, [row(width=14)] * 3)

    video = cholect50.read_video(data, "VID01")

    assert video.labels["phase"] == (frozenset(),) * 3
    assert video.labels["instrument"] == (frozenset({"hook"}),) * 3
    assert not any(name.startswith("phase/") for frame in cholect50.read(data) for name in frame.truth)


@pytest.mark.parametrize("phase", [None, -1])
def test_a_phase_that_nobody_knows_is_not_known(tmp_path: Path, phase: int | None) -> None:
    data = lay(tmp_path, [row(), row(phase), row()])

    assert cholect50.read_video(data, "VID01").labels["phase"][1] == frozenset()
    known = [any(name.startswith("phase/") for name in frame.truth) for frame in cholect50.read(data)]
    assert known == [True, False, True]


@pytest.mark.parametrize("rows", [[row(width=14)] * 4, [row(None)] * 4])
def test_windows_of_the_lecture_pipeline_carry_no_phase_that_nobody_labelled(
    tmp_path: Path, rows: list[list[Any]]
) -> None:
    data = lay(tmp_path, rows)

    (window,) = cholect50_windows(data / "cholect50" / "labels" / "VID01.json")

    assert window.phase == ""


def test_a_row_of_another_width_names_file_and_frame(tmp_path: Path) -> None:
    data = lay(tmp_path, [row(), [*row(), 3]])

    with pytest.raises(DatasetInvalid, match=r"VID01\.json, frame 1: a row of 16 columns"):
        cholect50.read_video(data, "VID01")


def test_an_unknown_category_names_file_and_frame(tmp_path: Path) -> None:
    data = lay(tmp_path, [row(), row(6)])

    with pytest.raises(DatasetInvalid, match=r"VID01\.json, frame 1"):
        cholect50.read(data)


def test_a_video_without_frames_names_its_folder(tmp_path: Path) -> None:
    data = lay(tmp_path, [row()], pictures=False)

    with pytest.raises(DatasetInvalid, match="cholect50/videos/VID01"):
        cholect50.read_video(data, "VID01")
