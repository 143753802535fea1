"""Figures of judged videos, on numbers a person can check."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inference.evidence.kinds import VideoKind
from inference.vision.evaluation import evaluate
from inference.vision.evaluation.figures import mean_figures, mean_intervals, pooled_figures, video_figures
from inference.vision.evaluation.predictions import JudgedVideo
from inference.vision.eyes.video_kind import LABELS, KindReading
from inference.vision.outputs import EYES_NAMES, PHASE, columns_of
from inference.vision.smoothing import Values
from tests.unit.vision.test_eyes import untrained_eyes

PHASE_COLUMNS = columns_of(PHASE.name, EYES_NAMES)
CHOLECYSTECTOMY, UNKNOWN = LABELS.index("laparoscopic_cholecystectomy"), LABELS.index("unknown")


def video(
    truth: dict[str, list[float]],
    said: dict[str, list[float]],
    *,
    operation: str = "a",
    kinds: list[str] | None = None,
    clip_phases: Values | None = None,
) -> JudgedVideo:
    """Columns that are not given are not known, or never said."""
    count = len(next(iter(truth.values())))
    known, probabilities = np.full((count, len(EYES_NAMES)), np.nan), np.zeros((count, len(EYES_NAMES)))
    for name, values in truth.items():
        known[:, EYES_NAMES.index(name)] = values
    for name, values in said.items():
        probabilities[:, EYES_NAMES.index(name)] = values
    by_frame = np.eye(len(LABELS))[[CHOLECYSTECTOMY] * count]
    return JudgedVideo(
        folder="f",
        video=operation,
        operation=operation,
        was_trained_on=False,
        files=tuple(f"{index}.jpg" for index in range(count)),
        timestamps_s=np.arange(count, dtype=np.float64),
        truth=known,
        probabilities=probabilities,
        clip_phases=clip_phases,
        frame_phases=np.zeros(count, dtype=np.int64),
        kinds=tuple(frozenset({kind}) for kind in kinds) if kinds else (frozenset(),) * count,
        kind_reading=KindReading(
            kind=VideoKind.LAPAROSCOPIC_CHOLECYSTECTOMY,
            probability=1.0,
            likeliest=VideoKind.LAPAROSCOPIC_CHOLECYSTECTOMY,
            likeliest_probability=1.0,
            by_frame=by_frame,
            is_strange=np.zeros(count, dtype=bool),
        ),
    )


def phased(phases: list[int], guesses: list[int], *, operation: str) -> JudgedVideo:
    truth = {name: [float(phase == index) for phase in phases] for index, name in enumerate(PHASE.output_names)}
    said = {name: [float(guess == index) for guess in guesses] for index, name in enumerate(PHASE.output_names)}
    return video(truth, said, operation=operation)


def test_phases_stand_beside_what_other_operations_suggest() -> None:
    own = phased([0, 1, 1, 2], [0, 1, 2, 2], operation="a")
    other = phased([1, 1, 1, 2], [1, 1, 1, 1], operation="b")
    found = video_figures(own, [own, other])
    assert found["phase_accuracy"] == 0.75
    assert found["phase_accuracy_majority"] == 0.5
    assert found["phase_accuracy_frame_alone"] == 0.25
    assert found["phase_macro_f1"] == pytest.approx((1 + 2 / 3 + 2 / 3) / 3)


def test_clips_by_themselves_are_judged_beside_the_whole() -> None:
    in_clips = np.full((4, len(PHASE_COLUMNS)), 0.0)
    in_clips[range(4), [0, 1, 3, 3]] = [0.9, 0.4, 0.4, 0.8]
    truth = {name: [float(phase == index) for phase in (0, 1, 1, 2)] for index, name in enumerate(PHASE.output_names)}
    found = video_figures(own := video(truth, {}, clip_phases=in_clips), [own])
    assert found["clip_phase_accuracy"] == 0.5
    assert found["clip_phase_told_share"] == 0.5
    assert found["clip_phase_told_right"] == 0.5


def test_of_instruments_those_count_that_are_there_five_times() -> None:
    own = video(
        {"instrument/hook": [1.0] * 5 + [0.0] * 5, "instrument/scissors": [1.0] * 4 + [0.0] * 6},
        {"instrument/hook": [0.9] * 5 + [0.1] * 5, "instrument/scissors": [0.0] * 10},
    )
    found = video_figures(own, [own])
    assert (found["instrument_map"], found["instrument_prevalence"]) == (1.0, 0.5)


def test_an_operation_in_two_sets_counts_once() -> None:
    rows = [("a", {"x": 0.0}), ("a", {"x": 1.0}), ("b", {"x": 1.0})]
    assert mean_figures(rows)["x"] == 0.75
    low, high = mean_intervals(rows)["x"]
    assert (low, high) == (0.5, 1.0)


def test_operations_count_alike_however_many_frames_they_have() -> None:
    many = video({"bleeding/bleeding": [1.0] + [0.0] * 99}, {"bleeding/bleeding": [0.6] + [0.1] * 99}, operation="a")
    few = video({"bleeding/bleeding": [1.0]}, {"bleeding/bleeding": [0.4]}, operation="b")
    found = pooled_figures([many, few])
    assert found["bleeding_prevalence"] == pytest.approx((0.01 + 1) / 2)
    assert found["bleeding_ap"] == pytest.approx(1.0)


def test_a_criterion_holds_where_most_raters_say_so() -> None:
    own = video({"critical_view/two_structures": [0.667, 0.333]}, {"critical_view/two_structures": [0.2, 0.9]})
    assert pooled_figures([own])["cvs_map"] == pytest.approx(0.5)


def test_each_frame_of_another_kind_counts_against_the_kind_that_was_named() -> None:
    own = video({"body/outside": [0.0] * 4}, {}, kinds=["laparoscopic_cholecystectomy"] * 3 + ["not_surgery"])
    found = video_figures(own, [own])
    assert found["kind_accuracy"] == 0.75
    assert "kind_accuracy_whole_video" not in found


def lay_phases(folder: Path, *, suffix: str) -> None:
    (folder / "cholec80-phases" / "images").mkdir(parents=True)
    rows = ["file,video,frame25,phase,tools_GBHSCIB"]
    for index in range(12):
        name = f"v41_{index * 100:06d}.{suffix}"
        picture = np.random.default_rng(index).integers(0, 255, (40, 60, 3), dtype=np.uint8)
        Image.fromarray(picture).save(folder / "cholec80-phases" / "images" / name)
        rows.append(f"{name},41,{index * 100},{index // 6},{'x' if index % 2 else '1'}0000{index % 2}0")
    (folder / "cholec80-phases" / "labels.csv").write_text("\n".join(rows))


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_the_shipped_eyes_are_judged_on_whatever_lies_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str
) -> None:
    lay_phases(tmp_path, suffix=suffix)
    eyes = tmp_path / "eyes.safetensors"
    untrained_eyes().save(eyes)
    told = ["--data", str(tmp_path), "--work", str(tmp_path / "work"), "--eyes", str(eyes), "--json"]
    evaluate.main([*told, "--predictions", str(tmp_path / "said.csv")])
    said = capsys.readouterr()
    report = json.loads(said.out.splitlines()[-1])
    assert {"phase_accuracy", "phase_macro_f1", "instrument_map", "kind_accuracy"} <= set(report)
    assert not {"anatomy_map", "bleeding_ap", "cvs_map", "in_body_ap"} & set(report)
    assert list(report["per_folder"]) == ["cholec80-phases"]
    assert [(row["operation"], row["num_frames"], row["was_trained_on"]) for row in report["per_video"]] == [
        ("cholec80-41", 12, False)
    ]
    assert "endoscapes" in said.err
    with (tmp_path / "said.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert set(rows[0]) == {"folder", "video", "frame", "output", "probability", "truth"}
    assert {row["output"] for row in rows} >= {"phase/preparation", "instrument/hook", "kind/unknown"}
    assert {row["truth"] for row in rows if row["output"] == "instrument/grasper"} == {"", "1"}


def test_a_folder_without_any_set_is_one_sentence(tmp_path: Path) -> None:
    eyes = tmp_path / "eyes.safetensors"
    untrained_eyes().save(eyes)
    with pytest.raises(FileNotFoundError, match="none of cholect50"):
        evaluate.main(["--data", str(tmp_path), "--eyes", str(eyes), "--work", str(tmp_path)])
