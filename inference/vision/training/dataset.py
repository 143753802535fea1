"""Frames with what is known of them: CholecT50, unlabelled frames judged by eye, and our own simulator.

Every picture is kept as 256 x 256 uint8 (the whole view, squashed), every output as 0, 1 or NaN for "not known", so one
training loop serves sources that know different things.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inference.vision.outputs import BODY, INSTRUMENT, PHASE, REAL_GROUPS, SCENE, TARGET, VERB, OutputGroup, columns_of

KEPT_SIZE_PX = 256
BODY_LABELS = Path(__file__).parent / "body_labels.json"
# Where in a CholecT50 annotation row each thing stands (its README).
ROW_COLUMNS = {INSTRUMENT.name: 1, VERB.name: 7, TARGET.name: 8, PHASE.name: 14}

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
    rows = [_Row(path, video, float(path.stem), labels) for path, video, labels in _cholect50(data / "cholect50")]
    rows += _stanford(data / "stanford-frames")
    return FrameSet(
        frames=np.stack([_read(row.path) for row in rows]),
        videos=np.array([row.video for row in rows]),
        timestamps_s=np.array([row.timestamp_s for row in rows]),
        targets=np.stack([_targets(row.labels, names) for row in rows]),
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


@dataclass(frozen=True, slots=True)
class _Row:
    path: Path
    video: str
    timestamp_s: float
    labels: dict[str, set[str]]


def _cholect50(folder: Path) -> list[tuple[Path, str, dict[str, set[str]]]]:
    """The file number of a frame is its second. Frames without annotation rows come with what is always true."""
    found = []
    for labels_path in sorted((folder / "labels").glob("*.json")):
        content = json.loads(labels_path.read_text(encoding="utf-8"))
        for path in sorted((folder / "videos" / labels_path.stem).glob("*.jpg")):
            rows = content["annotations"].get(str(int(path.stem)), [])
            found.append((path, labels_path.stem, _row_labels(rows, content["categories"])))
    return found


def _row_labels(rows: list[list[Any]], categories: dict[str, dict[str, str]]) -> dict[str, set[str]]:
    """group -> labels seen; a group that is absent was not annotated."""
    labels: dict[str, set[str]] = {SCENE.name: set(), BODY.name: set()}
    if not rows:
        return {SCENE.name: set()}
    for group, column in ROW_COLUMNS.items():
        ids = {int(row[column]) for row in rows if row[column] >= 0}
        labels[group] = {categories[group][str(index)] for index in ids}
    return labels


def _stanford(folder: Path) -> list[_Row]:
    """File names are <case>-<video>-frame-<number>.jpg at 30 frames a second. Judged by eye: see body_labels.json."""
    judged = json.loads(BODY_LABELS.read_text(encoding="utf-8"))
    rows = []
    for path in sorted((folder / "images").glob("*.jpg")):
        labels: dict[str, set[str]] = {SCENE.name: set()}
        if path.name not in judged["unclear"]:
            labels[BODY.name] = {"outside"} if path.name in judged["outside"] else set()
        case, _, rest = path.stem.partition("-")
        rows.append(_Row(path, f"stanford-{case}", float(rest.rpartition("-")[2]) / 30, labels))
    return rows


def _read(path: Path) -> Frame:
    with Image.open(path) as picture:
        squashed = picture.convert("RGB").resize((KEPT_SIZE_PX, KEPT_SIZE_PX), Image.Resampling.BICUBIC)
    return np.asarray(squashed, dtype=np.uint8)


def _targets(labels: dict[str, set[str]], names: tuple[str, ...]) -> NDArray[np.float32]:
    targets = np.full(len(names), np.nan, dtype=np.float32)
    for group in (*REAL_GROUPS, SCENE):
        if group.name not in labels:
            continue
        for column, label in zip(columns_of(group.name, names), group.labels, strict=True):
            targets[column] = label in labels[group.name]
    return targets
