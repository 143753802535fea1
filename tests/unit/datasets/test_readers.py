"""What each set's files say, and what they leave open."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inference.datasets.all_frames import folders_in, read_all
from inference.datasets.frames import DatasetInvalid, LabelledFrame
from inference.datasets.operations import NUM_FOLDS, cholec80, is_judged, may_train


def picture(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.zeros((8, 8, 3), dtype=np.uint8)).save(path)


def phases(tmp_path: Path, *rows: str) -> Path:
    folder = tmp_path / "cholec80-phases"
    folder.mkdir(exist_ok=True)
    (folder / "labels.csv").write_text("\n".join(["file,video,frame25,phase,tools_GBHSCIB", *rows]))
    for row in rows:
        picture(folder / "images" / row.split(",")[0])
    return tmp_path


def test_tools_that_nobody_labelled_are_not_absent(tmp_path: Path) -> None:
    (frame,) = read_all(phases(tmp_path, "v41_000100.png,41,100,2,1x0000x"))

    assert frame.truth["instrument/grasper"] == 1
    assert frame.truth["instrument/hook"] == 0
    assert not {"instrument/bipolar", "instrument/specimen_bag"} & set(frame.truth)
    assert frame.truth["phase/clipping-and-cutting"] == 1
    assert (frame.origin, frame.timestamp_s) == (cholec80(41), 4.0)


def test_a_frame_whose_phase_nobody_knows_has_its_tools(tmp_path: Path) -> None:
    (frame,) = read_all(phases(tmp_path, "v41_000100.png,41,100,x,0000001"))

    assert not any(name.startswith("phase/") for name in frame.truth)
    assert frame.truth["instrument/specimen_bag"] == 1


@pytest.mark.parametrize("row", ["a.png,41,100,7,0000000", "a.png,41,100,2,00000", "a.png,41,100,2,0000002"])
def test_what_the_set_does_not_have_is_refused_by_file(tmp_path: Path, row: str) -> None:
    with pytest.raises(DatasetInvalid, match=r"cholec80-phases/labels\.csv, a\.png"):
        read_all(phases(tmp_path, row))


def test_rows_whose_picture_is_not_here_are_left_out(tmp_path: Path) -> None:
    data = phases(tmp_path, "a.png,41,0,2,0000000", "b.png,41,100,2,0000000")
    (data / "cholec80-phases" / "images" / "a.png").unlink()

    assert [frame.path.name for frame in read_all(data)] == ["b.png"]


def test_a_set_without_any_picture_is_refused(tmp_path: Path) -> None:
    data = phases(tmp_path, "a.png,41,0,2,0000000")
    (data / "cholec80-phases" / "images" / "a.png").unlink()

    with pytest.raises(DatasetInvalid, match="cholec80-phases"):
        read_all(data)


def test_a_folder_without_any_set_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="none of the known data sets"):
        read_all(tmp_path)


def test_a_mask_tells_which_anatomy_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "endoscapes"
    picture(folder / "images" / "7_250.jpg")
    (folder / "masks").mkdir()
    mask = np.zeros((20, 20), dtype=np.uint8)
    mask[:5], mask[5:6], mask[10] = 5, 4, 7
    Image.fromarray(mask).save(folder / "masks" / "7_250.png")
    header = "file,video,frame,split,C1_two_structures,C2_hepatocystic_triangle,C3_cystic_plate"
    (folder / "labels.csv").write_text(f"{header}\n7_250.jpg,7,250,test,0.667,x,0.000")

    (frame,) = read_all(tmp_path)

    assert {name for name, value in frame.truth.items() if name.startswith("anatomy/") and value} == {
        "anatomy/cystic_duct",
        "anatomy/gallbladder",
    }
    assert frame.truth["critical_view/two_structures"] == pytest.approx(0.667)
    assert "critical_view/hepatocystic_triangle" not in frame.truth


def test_boxes_of_a_cholect50_frame_add_the_specimen_bag_it_does_not_know(tmp_path: Path) -> None:
    categories = {"instrument": {"0": "grasper"}, "verb": {}, "target": {}, "phase": {"0": "preparation"}}
    folder = tmp_path / "cholect50"
    picture(folder / "videos" / "VID68" / "000016.jpg")
    (folder / "labels").mkdir()
    rows = [[0, 0, 1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0]]
    content = {"categories": categories, "annotations": {"16": rows}}
    (folder / "labels" / "VID68.json").write_text(json.dumps(content))
    boxes = tmp_path / "m2cai16-tool-boxes"
    boxes.mkdir()
    row = {"file": None, "cholec80_video": 68, "second": 16, "cholect50_frame": "VID68/000016.jpg"}
    (boxes / "labels.jsonl").write_text(json.dumps(row | {"boxes": [[6, 0.5, 0.5, 0.1, 0.1]]}))

    (frame,) = read_all(tmp_path, ["cholect50"])

    assert frame.truth["instrument/specimen_bag"] == 1
    assert frame.origin == cholec80(68)


@pytest.fixture(scope="module")
def real_frames(data_dir: Path) -> list[LabelledFrame]:
    """Of all sets; masks are opened, which takes its time."""
    return read_all(data_dir)


def test_of_the_real_sets_no_operation_trains_what_it_is_judged_on(
    data_dir: Path, real_frames: list[LabelledFrame]
) -> None:
    assert len(folders_in(data_dir)) == 9
    for fold in range(NUM_FOLDS):
        training = {frame.origin for frame in real_frames if may_train(frame.origin, held_out_fold=fold)}
        judged = {frame.origin for frame in real_frames if is_judged(frame.origin, held_out_fold=fold)}
        among_training = {one for origin in training for one in getattr(origin, "operations", {origin})}
        assert judged
        assert not judged & among_training


def test_an_operation_under_three_names_lies_in_one_fold(real_frames: list[LabelledFrame]) -> None:
    names = {"cholect50": "VID70", "m2cai16-tool-boxes": "70", "cholec80-phases": "5"}

    folds = {frame.origin.fold for frame in real_frames if names.get(frame.folder) == frame.video and frame.origin}

    assert folds == {0}


@pytest.mark.parametrize(("case", "has_phase"), [("png", True), ("row14", False), ("null_phase", False)])
def test_the_kept_cases_are_read(data_dir: Path, case: str, has_phase: bool) -> None:
    frames = read_all(data_dir / "cases" / "cholect50-labels" / case)

    assert len(frames) == 5
    assert any(name.startswith("phase/") for frame in frames for name in frame.truth) == has_phase
