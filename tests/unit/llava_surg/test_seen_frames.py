"""What is kept of a surgery's frames holds for these pictures, this tower and these heads, and for no others."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from inference.datasets.cholect50 import LabelledVideo
from inference.datasets.frames import DatasetInvalid
from inference.llava_surg.evaluation.seen_frames import seen_frames
from inference.llava_surg.evaluation.surgeries import labelled_videos
from inference.vision.backbone import FEATURE_DIM, NUM_PATCHES
from inference.vision.encoder import FrameReading


@dataclass
class Counter:
    """An encoder that counts the frames it was shown."""

    reading_id: str = "tower heads float32"
    num_read: int = 0

    def read(self, frames: Tensor) -> FrameReading:
        self.num_read += len(frames)
        patches = frames.mean(dim=(1, 2, 3))[:, None, None].expand(-1, NUM_PATCHES, FEATURE_DIM)
        return FrameReading(patches.contiguous(), torch.ones(len(frames), 3))


def video(folder: Path, *, brightness: int = 90, num_frames: int = 11) -> LabelledVideo:
    folder.mkdir(exist_ok=True)
    paths = tuple(folder / f"{second:06d}.png" for second in range(num_frames))
    for second, path in enumerate(paths):
        Image.fromarray(np.full((32, 32, 3), brightness + second, dtype=np.uint8)).save(path)
    return LabelledVideo(name="VID1", seconds=tuple(range(num_frames)), labels={}, paths=paths)


def test_frames_are_read_once_and_come_back_in_order(tmp_path: Path) -> None:
    encoder: Any = Counter()
    shown = video(tmp_path / "frames")
    first = seen_frames(shown, encoder=encoder, work=tmp_path / "work")
    again = seen_frames(shown, encoder=encoder, work=tmp_path / "work")

    assert encoder.num_read == 11
    assert first.patches.shape == (11, NUM_PATCHES, FEATURE_DIM)
    assert torch.equal(first.patches, again.patches)
    assert torch.equal(first.rows, again.rows)
    assert (first.patches[1:, 0, 0] > first.patches[:-1, 0, 0]).all()


def test_another_picture_tower_head_or_precision_is_looked_at_anew(tmp_path: Path) -> None:
    shown = video(tmp_path / "frames")
    for reading_id in ("tower heads float32", "other heads float32", "tower others float32", "tower heads bfloat16"):
        encoder: Any = Counter(reading_id=reading_id)
        seen_frames(shown, encoder=encoder, work=tmp_path / "work")
        assert encoder.num_read == 11
    brighter: Any = Counter()
    video(tmp_path / "frames", brightness=120)
    seen_frames(shown, encoder=brighter, work=tmp_path / "work")
    assert brighter.num_read == 11


def test_a_surgery_without_labelled_frames_is_refused_by_name(tmp_path: Path) -> None:
    encoder: Any = Counter()
    with pytest.raises(DatasetInvalid, match="VID1 has no frame"):
        seen_frames(LabelledVideo(name="VID1", seconds=(), labels={}), encoder=encoder, work=tmp_path)


def test_a_surgery_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as error:
        labelled_videos(tmp_path, ["VID404"])
    assert str(error.value.filename).endswith("VID404.json")
