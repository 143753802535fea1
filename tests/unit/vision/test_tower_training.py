"""How the tower comes about and is judged: what is left out teaches nothing, and figures are those of the outputs."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from inference.models.manifest import manifest_path, read_manifest
from inference.vision.encoder import load_tower
from inference.vision.evaluation.evaluate_tower import evaluate, table
from inference.vision.outputs import PHASE, REAL_GROUPS, columns_of
from inference.vision.timeline import TimelineHeads
from inference.vision.training import crossval
from inference.vision.training.calibrate import fit_timeline_heads
from inference.vision.training.crossval import all_held_out, held_out_outputs, held_out_tower_path, training_rows
from inference.vision.training.dataset import FrameSet, HeldOut, TrainingData, output_names
from inference.vision.training.fit import FitOptions, fit_tower
from inference.vision.training.tower_file import save_tower
from inference.vision.training.train import save_timeline_heads, worth_showing

NAMES = output_names(REAL_GROUPS)
SURGERIES = ("VID01", "VID02", "VID03")
VIDEOS = (*SURGERIES, "stanford-a", "stanford-b", "stanford-c")
FRAMES_PER_VIDEO = 8
SHORT = FitOptions(num_steps=3, batch_size=4, averaged_from_step=1)


def truth_of(video: str) -> NDArray[np.float32]:
    """Two phases in turn and instruments that go with them; of the other collections only the body is known."""
    rows = np.zeros((FRAMES_PER_VIDEO, len(NAMES)), dtype=np.float32)
    if not video.startswith("VID"):
        rows[:] = np.nan
        rows[:, NAMES.index("body/outside")] = np.arange(FRAMES_PER_VIDEO) % 2
        return rows
    for frame in range(FRAMES_PER_VIDEO):
        rows[frame, frame // 4] = 1
        for group in ("instrument", "verb", "target"):
            columns = columns_of(group, NAMES)
            rows[frame, columns[frame % 3]] = 1
    rows[:, NAMES.index("body/outside")] = np.nan
    return rows


@pytest.fixture(scope="module")
def data() -> TrainingData:
    random = np.random.default_rng(0)
    count = len(VIDEOS) * FRAMES_PER_VIDEO
    frames = FrameSet(
        frames=np.zeros((count, 1, 1, 3), dtype=np.uint8),
        videos=np.repeat(np.array(VIDEOS), FRAMES_PER_VIDEO),
        timestamps_s=np.tile(np.arange(FRAMES_PER_VIDEO, dtype=np.float64), len(VIDEOS)),
        targets=np.concatenate([truth_of(video) for video in VIDEOS]),
        output_names=NAMES,
    )
    views = random.normal(0, 1, (2, count, 192, 7, 7)).astype(np.float16)
    return TrainingData(frames=frames, views=views, groups=REAL_GROUPS)


def fitted(data: TrainingData, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    tower = fit_tower(data.frames, data.views, rows, groups=data.groups, options=SHORT)
    return tower.logits(data.views[0][:4])


def test_the_same_data_and_seed_give_the_same_tower(data: TrainingData) -> None:
    rows = training_rows(data)
    assert np.array_equal(fitted(data, rows), fitted(data, rows))


def test_labels_of_a_surgery_that_is_left_out_change_nothing(data: TrainingData) -> None:
    rows = training_rows(data, without=("VID01",))
    targets = data.frames.targets.copy()
    targets[data.frames.videos == "VID01"] = 1 - targets[data.frames.videos == "VID01"]
    other = replace(data, frames=replace(data.frames, targets=targets))
    assert np.array_equal(fitted(data, rows), fitted(other, rows))
    assert not np.array_equal(fitted(data, training_rows(data)), fitted(other, training_rows(data)))


def test_a_frame_of_which_nothing_is_known_trains_nothing(data: TrainingData) -> None:
    targets = data.frames.targets.copy()
    targets[3] = np.nan
    unknown = replace(data, frames=replace(data.frames, targets=targets))
    assert 3 not in training_rows(unknown)
    assert set(training_rows(unknown)) | {3} == set(training_rows(data))


@pytest.fixture
def trained_rows(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """Of each tower that was trained, the videos it saw; they are trained in three steps all the same."""
    seen: list[set[str]] = []

    def recorded(frames: FrameSet, views: Any, rows: NDArray[np.int64], **options: Any) -> Any:
        seen.append(set(frames.videos[rows].tolist()))
        return fit_tower(frames, views, rows, **options)

    monkeypatch.setattr(crossval, "fit_tower", recorded)
    return seen


def test_each_surgery_is_seen_by_a_tower_that_never_saw_it(
    data: TrainingData, tmp_path: Path, trained_rows: list[set[str]]
) -> None:
    seen = all_held_out(data, work=tmp_path, options=SHORT)
    assert [one.video for one in seen] == [
        "VID01", "stanford-a", "VID02", "stanford-b", "VID03", "stanford-c",
    ]  # fmt: skip
    for turn, surgery in enumerate(SURGERIES):
        assert trained_rows[turn] == set(VIDEOS) - {surgery, seen[2 * turn + 1].video}
        manifest = read_manifest(manifest_path(held_out_tower_path(data, surgery, options=SHORT, work=tmp_path)))
        assert surgery not in manifest.trained_on


def test_a_tower_is_trained_once_and_anew_for_other_labels(
    data: TrainingData, tmp_path: Path, trained_rows: list[set[str]]
) -> None:
    first = held_out_outputs(data, "VID01", options=SHORT, work=tmp_path)
    again = held_out_outputs(data, "VID01", options=SHORT, work=tmp_path)
    assert len(trained_rows) == 1
    assert np.array_equal(first[0].logits, again[0].logits)
    targets = data.frames.targets.copy()
    targets[0, 0] = 0
    held_out_outputs(replace(data, frames=replace(data.frames, targets=targets)), "VID01", options=SHORT, work=tmp_path)
    held_out_outputs(data, "VID01", options=replace(SHORT, seed=1), work=tmp_path)
    assert len(trained_rows) == 3


def test_what_is_loaded_is_the_tower_that_was_trained(data: TrainingData, tmp_path: Path) -> None:
    tower = fit_tower(data.frames, data.views, training_rows(data), groups=data.groups, options=SHORT)
    path = tmp_path / "vision_tower.safetensors"
    encoder_id = save_tower(tower, path, trained_on=SURGERIES)
    backbone, heads = load_tower(path)
    assert heads is not None
    assert heads.output_names == NAMES
    assert read_manifest(manifest_path(path)).id == encoder_id
    hidden = torch.from_numpy(np.array(data.views[0][:4])).float()
    with torch.inference_mode():
        maps = backbone.run_from(15, hidden).flatten(2).transpose(1, 2)
        said = heads(maps).numpy()
    np.testing.assert_allclose(said, tower.logits(data.views[0][:4]), atol=0.05)


def seen_perfectly(video: str) -> HeldOut:
    truth = truth_of(video).astype(np.float64)
    logits = np.where(np.nan_to_num(truth) > 0.5, 8.0, -8.0)
    times_s = np.arange(FRAMES_PER_VIDEO, dtype=np.float64) * 60
    return HeldOut(video=video, timestamps_s=times_s, logits=logits, truth=truth)


def test_outputs_that_are_right_have_full_marks_and_guessing_has_not(data: TrainingData) -> None:
    report = evaluate(data, [seen_perfectly(video) for video in VIDEOS])
    assert report["surgeries"] == list(SURGERIES)
    assert report["instrument_map"] == pytest.approx(1.0)
    assert report["phase_accuracy"] == pytest.approx(1.0)
    assert report["phase_macro_f1"] == pytest.approx(1.0)
    assert report["majority_phase_accuracy"] == pytest.approx(0.5)
    assert report["majority_instrument_map"] < 0.5
    assert report["outside_average_precision"] == pytest.approx(1.0)
    assert "tower, mean" in table(report)
    json.dumps(report)


def test_an_output_is_shown_where_it_holds_up_on_what_was_not_seen(data: TrainingData) -> None:
    outputs = [replace(seen_perfectly(video), logits=np.tile(seen_perfectly(video).logits, (4, 1)),
                       truth=np.tile(seen_perfectly(video).truth, (4, 1)),
                       timestamps_s=np.arange(32.0)) for video in VIDEOS]  # fmt: skip
    shown = worth_showing(outputs, data)
    assert set(PHASE.output_names) <= set(shown)
    assert {NAMES[columns_of("instrument", NAMES)[index]] for index in range(3)} <= set(shown)
    # Never there on any of them: nobody knows whether it holds up.
    assert NAMES[columns_of("instrument", NAMES)[4]] not in shown
    wrong = [replace(seen, logits=-seen.logits) for seen in outputs]
    assert not {name for name in worth_showing(wrong, data) if name.startswith("instrument/")}


def test_timeline_settings_come_back_as_they_were_fitted(tmp_path: Path) -> None:
    heads = fit_timeline_heads(
        [seen_perfectly(video) for video in SURGERIES], names=NAMES, encoder_id="tower-a", shown=("phase/preparation",)
    )
    save_timeline_heads(heads, tmp_path / "timeline_heads.json", trained_on=SURGERIES)
    loaded = TimelineHeads.load(tmp_path / "timeline_heads.json")
    assert loaded.encoder_id == "tower-a"
    assert loaded.shown == ("phase/preparation",)
    assert loaded.smoothing_s == heads.smoothing_s
    assert loaded.phase == heads.phase
    for name, pair in heads.platt.items():
        assert loaded.platt[name] == pytest.approx(pair, abs=1e-4)
