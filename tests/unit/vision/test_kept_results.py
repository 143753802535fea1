"""What training and evaluation keep between runs holds for the pictures, weights and simulator it was made of."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from inference.datasets.cholect50 import LabelledVideo
from inference.datasets.frames import LabelledFrame
from inference.datasets.operations import Operation
from inference.simulator.spec import SimulationSpec
from inference.vision.backbone import FEATURE_DIM, NUM_PATCHES
from inference.vision.encoder import FrameReading
from inference.vision.evaluation.predictions import FRAMES_PER_CHUNK, encoded_rows
from inference.vision.eyes.eyes import ROW_NAMES
from inference.vision.outputs import SCENE, SIMULATOR_GROUPS
from inference.vision.training import simulated_frames, simulator_pictures, simulator_videos, views
from inference.vision.training.augment import AugmentOptions
from inference.vision.training.patches import cached_patches
from inference.vision.training.simulator_videos import Plan


@dataclass
class Counter:
    """An encoder that counts the frames it was shown."""

    reading_id: str = "tower float32"
    encoder_id: str = "tower"
    num_read: int = 0

    def encode(self, frames: Tensor) -> Tensor:
        self.num_read += len(frames)
        return frames.mean(dim=(1, 2, 3))[:, None, None].expand(-1, NUM_PATCHES, FEATURE_DIM)


@pytest.fixture
def another_simulator(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Called: the simulator draws otherwise from now on."""

    def change() -> None:
        for module in (simulated_frames, simulator_pictures, simulator_videos):
            monkeypatch.setattr(module, "simulator_fingerprint", lambda: "another")

    return change


def surgery(folder: Path, brightness: int) -> LabelledVideo:
    folder.mkdir(exist_ok=True)
    paths = (folder / "000000.png", folder / "000001.png")
    for second, path in enumerate(paths):
        Image.fromarray(np.full((32, 32, 3), brightness + second, np.uint8)).save(path)
    return LabelledVideo(name="VID1", seconds=(0, 1), labels={}, paths=paths)


def test_patches_are_made_anew_for_other_pictures_of_the_same_name(tmp_path: Path) -> None:
    def seen(brightness: int, **changes: str) -> tuple[float, int]:
        encoder: Any = Counter(**changes)
        patches = cached_patches(surgery(tmp_path / "a", brightness), encoder=encoder, cache_dir=tmp_path / "cache")
        return float(patches[0, 0, 0]), encoder.num_read

    first, read = seen(80)
    assert read == 2
    assert seen(80) == (first, 0)
    other, read_again = seen(200)
    assert (other > first, read_again) == (True, 2)
    assert seen(80, reading_id="tower bfloat16")[1] == 2


def test_views_are_made_anew_for_another_augmentation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []

    def write(path: Path, frames: Any, *, num_views: int, **_: Any) -> None:
        drawn.append(num_views)
        np.save(path, np.zeros((num_views, len(frames)), np.float16))

    monkeypatch.setattr(views, "_write_views", write)
    frames = np.zeros((1, 8, 8, 3), np.uint8)
    for _ in range(2):
        views.cached_views(frames, num_views=2, folder=tmp_path)
    assert drawn == [2]
    monkeypatch.setattr(views, "AugmentOptions", lambda: AugmentOptions(rotation_deg=1.0))
    views.cached_views(frames, num_views=2, folder=tmp_path)
    assert drawn == [2, 2]


def test_frames_of_another_simulator_are_drawn_anew(
    tmp_path: Path, another_simulator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulated_frames, "VIDEOS_PER_TASK", {"train": 1, "test": 1})
    monkeypatch.setattr(simulated_frames, "FRAMES_PER_TRAINING_VIDEO", 1)
    names = tuple(name for group in (SCENE, *SIMULATOR_GROUPS) for name in group.output_names)
    first = simulated_frames.simulated_frames(names, split="train", work=tmp_path)
    assert len(first.frames) == len(set(first.videos))
    num_kept = len(list(tmp_path.glob("[!.]*")))
    simulated_frames.simulated_frames(names, split="train", work=tmp_path)
    assert len(list(tmp_path.glob("[!.]*"))) == num_kept == 1
    another_simulator()
    simulated_frames.simulated_frames(names, split="train", work=tmp_path)
    assert len(list(tmp_path.glob("[!.]*"))) == 2


def test_pictures_of_another_simulator_are_drawn_anew(
    tmp_path: Path, another_simulator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulator_pictures, "VIDEOS_PER_TASK", 1)
    monkeypatch.setattr(simulator_pictures, "FRAMES_PER_VIDEO", 1)
    first = simulator_pictures.simulator_pictures(tmp_path)
    assert [frame.path for frame in simulator_pictures.simulator_pictures(tmp_path)] == [frame.path for frame in first]
    another_simulator()
    assert not {frame.path for frame in simulator_pictures.simulator_pictures(tmp_path)} & {
        frame.path for frame in first
    }


def test_videos_of_another_simulator_or_precision_are_encoded_anew(
    tmp_path: Path, another_simulator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = SimulationSpec(task="peg_transfer", skill=0.5, seed=1, duration_s=2.0, fps=5, width_px=160, height_px=90)
    monkeypatch.setattr(simulator_videos, "plans", lambda _: [Plan(spec=spec, first_frame=0)])
    encoder: Any = Counter()

    def read_by(one: Any) -> int:
        before = one.num_read
        (video,) = simulator_videos.sampled_videos("test", one, tmp_path)
        assert video.patches.shape == (2, NUM_PATCHES, FEATURE_DIM)
        assert torch.isfinite(torch.from_numpy(np.asarray(video.patches, np.float32))).all()
        return int(one.num_read - before)

    assert [read_by(encoder), read_by(encoder)] == [2, 0]
    assert read_by(Counter(reading_id="tower bfloat16")) == 2
    another_simulator()
    assert read_by(encoder) == 2


@dataclass
class Rows(Counter):
    """Reads every picture as its brightness; stops like a killed run when it has read so many."""

    stops_after: int = 1000

    def read(self, frames: Tensor) -> FrameReading:
        if self.num_read >= self.stops_after:
            raise KeyboardInterrupt
        patches = self.encode(frames)
        return FrameReading(patches, patches[:, 0, :1].expand(-1, len(ROW_NAMES)))


def test_judged_frames_are_read_on_from_where_a_run_was_stopped(tmp_path: Path) -> None:
    paths = surgery(tmp_path / "a", 20).paths * 2
    for number in range(2 * FRAMES_PER_CHUNK):
        path = tmp_path / f"{number}.png"
        Image.fromarray(np.full((32, 32, 3), number, np.uint8)).save(path)
        paths += (path,)
    frames: Any = [
        LabelledFrame(folder="a", video="1", origin=Operation("a", 1), path=path, timestamp_s=0.0) for path in paths
    ]
    stopped: Any = Rows(stops_after=FRAMES_PER_CHUNK + 3)
    with pytest.raises(KeyboardInterrupt):
        encoded_rows(frames, stopped, tmp_path)

    going_on, unbroken = Rows(), Rows()
    rows = encoded_rows(frames, going_on, tmp_path)  # type: ignore[arg-type]
    other = encoded_rows(frames, unbroken, tmp_path / "a")  # type: ignore[arg-type]

    assert going_on.num_read == unbroken.num_read - FRAMES_PER_CHUNK
    assert rows.shape == (len(frames), len(ROW_NAMES))
    assert np.array_equal(rows, other)
    assert encoded_rows(frames, Rows(reading_id="another"), tmp_path).shape == rows.shape  # type: ignore[arg-type]
