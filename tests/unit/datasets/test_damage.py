"""A damaged data set is one sentence that names the file, whatever is wrong with it."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from inference.datasets import cholect50
from inference.datasets.all_frames import read_all
from inference.datasets.frames import DatasetInvalid

FRAME_ROW = [0, 2, -1, -1, -1, -1, -1, 0, 1, -1, -1, -1, -1, -1, 3]
CATEGORIES = {lane: {str(number): f"{lane}-{number}" for number in range(7)} for lane, _ in cholect50.LANES}


def picture(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.zeros((8, 8, 3), dtype=np.uint8)).save(path)


def cholect50_set(data: Path) -> Path:
    picture(data / "cholect50/videos/VID01/000000.png")
    labels = data / "cholect50/labels/VID01.json"
    labels.parent.mkdir(parents=True)
    labels.write_text(json.dumps({"categories": CATEGORIES, "annotations": {"0": [FRAME_ROW]}}))
    return labels


def table(folder: str, header: str, row: str) -> Callable[[Path], Path]:
    def write(data: Path) -> Path:
        picture(data / folder / "images" / row.split(",")[0])
        (data / folder / "labels.csv").write_text(f"{header}\n{row}\n")
        return data / folder / "labels.csv"

    return write


def lines(folder: str, **row: Any) -> Callable[[Path], Path]:
    def write(data: Path) -> Path:
        picture(data / folder / "images" / row["file"])
        (data / folder / "labels.jsonl").write_text(json.dumps(row) + "\n")
        return data / folder / "labels.jsonl"

    return write


BOX = [[0, 1, 1, 4, 4]]
SETS: dict[str, Callable[[Path], Path]] = {
    "cholect50": cholect50_set,
    "cholec80-phases": table("cholec80-phases", "file,video,frame25,phase,tools_GBHSCIB", "a.png,41,100,2,1000000"),
    "endoscapes": table("endoscapes", "file,video,frame,C1_two_structures", "7_250.png,7,250,0.6"),
    "gynsurg-bleeding": table("gynsurg-bleeding", "file,case,frame_bleeding", "c_1.png,3,1"),
    "m2cai16-tool-boxes": lines("m2cai16-tool-boxes", file="a.png", cholec80_video=3, second=4.0, boxes=BOX),
    "cholec80-tool-boxes": lines("cholec80-tool-boxes", file="a.png", boxes=BOX),
    "surgery-or-not": lines("surgery-or-not", file="a.png", source=2, classes=["surgical-area"]),
}


def damages(text: str) -> dict[str, bytes]:
    return {
        "cut off": text[: len(text) * 2 // 3].encode(),
        "not text": b"\xff\xfe\x00" + text.encode(),
        "other columns": text.replace("file", "f").replace("video", "v").replace("annotations", "a").encode(),
        "words for numbers": text.replace("41", "x").replace("250", "x").replace(",3,", ",x,").encode(),
        "a list": b"[1, 2]",
        "null": b"null",
    }


# What is left of it may still be rows of the set.
MAY_BE_READ = ("cut off", "words for numbers", "other columns")


def told_of(data: Path, name: str) -> str:
    """What reading says is wrong; empty where it finds nothing."""
    try:
        read_all(data, [name])
    except DatasetInvalid as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", SETS)
def test_a_whole_set_is_read(tmp_path: Path, name: str) -> None:
    SETS[name](tmp_path)
    assert len(read_all(tmp_path, [name])) == 1


@pytest.mark.parametrize("damage", damages(""))
@pytest.mark.parametrize("name", SETS)
def test_a_damaged_set_is_read_or_refused_by_its_name(tmp_path: Path, name: str, damage: str) -> None:
    labels = SETS[name](tmp_path)
    labels.write_bytes(damages(labels.read_text())[damage])
    told = told_of(tmp_path, name)
    assert name in told or (not told and damage in MAY_BE_READ)


@pytest.mark.parametrize(
    "content",
    [
        {"categories": CATEGORIES, "annotations": {"first": [FRAME_ROW]}},
        {"categories": CATEGORIES, "annotations": {"0": 7}},
        {"categories": CATEGORIES, "annotations": {"0": [["a"] * 15]}},
        {"categories": CATEGORIES, "annotations": [FRAME_ROW]},
        {"categories": {}, "annotations": {"0": [FRAME_ROW]}},
        {"categories": CATEGORIES, "annotations": {"0": [FRAME_ROW[:3]]}},
        [],
        None,
    ],
)
@pytest.mark.parametrize("reader", ["read_video", "read"])
def test_a_surgery_with_labels_of_another_shape_is_refused_by_its_file(
    tmp_path: Path, content: object, reader: str
) -> None:
    cholect50_set(tmp_path).write_text(json.dumps(content))
    with pytest.raises(DatasetInvalid, match=r"cholect50/labels/VID01\.json"):
        cholect50.read_video(tmp_path, "VID01") if reader == "read_video" else cholect50.read(tmp_path)


def test_tools_that_cannot_be_unpacked_are_refused_by_their_file(tmp_path: Path) -> None:
    SETS["cholect50"](tmp_path)
    packed = tmp_path / "cholec80-tools" / "cholec80_tools_1fps.csv.gz"
    packed.parent.mkdir()
    for content in (b"no gzip", gzip.compress(b"video,frame25,tools_GBHSCIB\n1,0,1000000\n" * 50)[:-12]):
        packed.write_bytes(content)
        with pytest.raises(DatasetInvalid, match="cholec80-tools"):
            read_all(tmp_path)


@pytest.mark.parametrize("name", ["x-1-frame-3.jpg", "1-1-frame-x.jpg"])
def test_a_frame_that_is_named_otherwise_is_refused_by_its_name(tmp_path: Path, name: str) -> None:
    picture(tmp_path / "stanford-frames/images" / name)
    with pytest.raises(DatasetInvalid, match=name):
        read_all(tmp_path, ["stanford-frames"])
