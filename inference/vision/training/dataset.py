"""Frames with what is known of them: CholecT50, unlabelled frames judged by eye, and our own simulator.

Every picture is kept as 256 x 256 uint8 (the whole view, squashed), every output as 0, 1 or NaN for "not known", so one
training loop serves sources that know different things.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inference.datasets import cholect50, stanford_frames
from inference.datasets.frames import LabelledFrame
from inference.datasets.picture_file import read_rgb
from inference.vision.outputs import OutputGroup, columns_of
from inference.vision.smoothing import Values
from inference.vision.training.views import Views

KEPT_SIZE_PX = 256

Frame = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameSet:
    """frames : (N, 256, 256, 3), uint8, RGB · videos, timestamps_s : (N,) · targets : (N, C), NaN where not known."""

    frames: NDArray[np.uint8]
    videos: NDArray[np.str_]
    timestamps_s: NDArray[np.float64]
    targets: NDArray[np.float32]
    output_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.frames)

    def known(self, group: str) -> NDArray[np.bool_]:
        """Which frames have this group labelled : (N,)"""
        columns = columns_of(group, self.output_names)
        return np.asarray(~np.isnan(self.targets[:, columns]).any(axis=1))

    def truth(self, group: str) -> NDArray[np.float32]:
        return self.targets[:, columns_of(group, self.output_names)]


def output_names(groups: Sequence[OutputGroup]) -> tuple[str, ...]:
    return tuple(name for group in groups for name in group.output_names)


def real_frames(data: Path, names: tuple[str, ...]) -> FrameSet:
    """All frames under `data`/cholect50 and, where it is there, `data`/stanford-frames."""
    rows = cholect50.read(data)
    if (data / stanford_frames.FOLDER).is_dir():
        rows += stanford_frames.read(data)
    return FrameSet(
        frames=np.stack([_read(row.path) for row in rows]),
        videos=np.array([_video(row) for row in rows]),
        timestamps_s=np.array([row.timestamp_s for row in rows]),
        targets=np.array([[row.truth.get(name, np.nan) for name in names] for row in rows], dtype=np.float32),
        output_names=names,
    )


def joined(first: FrameSet, second: FrameSet) -> FrameSet:
    return FrameSet(
        frames=np.concatenate([first.frames, second.frames]),
        videos=np.concatenate([first.videos, second.videos]),
        timestamps_s=np.concatenate([first.timestamps_s, second.timestamps_s]),
        targets=np.concatenate([first.targets, second.targets]),
        output_names=first.output_names,
    )


def surgeries(data: Path) -> list[str]:
    """The CholecT50 videos that are there, by name. Raises FileNotFoundError if there are none."""
    names = sorted(path.name for path in (data / "cholect50" / "videos").glob("VID*"))
    if not names:
        raise FileNotFoundError(f"no CholecT50 surgeries under {data}")
    return names


def _video(frame: LabelledFrame) -> str:
    """Surgeries of CholecT50 keep their names, all others stand behind that of their collection."""
    return frame.video if frame.folder == cholect50.FOLDER else f"stanford-{frame.video}"


def _read(path: Path) -> Frame:
    squashed = read_rgb(path).resize((KEPT_SIZE_PX, KEPT_SIZE_PX), Image.Resampling.BICUBIC)
    return np.asarray(squashed, dtype=np.uint8)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """One surgery as a tower saw it that had not trained on it. logits, truth : (T, C); truth NaN where unknown."""

    video: str
    timestamps_s: Values
    logits: Values
    truth: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingData:
    """All frames and their cached views. views : (V, N, 192, 7, 7), in the order of the frames."""

    frames: FrameSet
    views: Views
    groups: tuple[OutputGroup, ...]
