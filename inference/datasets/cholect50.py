"""CholecT50's labels as timelines, and its frames as cached patch features.

The set gives sparse frames (the file's number is its second) with boxes, verbs, targets and a phase. A label holds
from its frame to the next if that is near; gaps break it.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor

from inference.evidence.fact import Fact
from inference.progress import Progress, ProgressCallback, ignore_progress
from inference.vision.encoder import FrameEncoder
from inference.vision.preprocess import frames_to_pixels

FOLDER = "cholect50"
INSTRUMENT_COLUMN, VERB_COLUMN, TARGET_COLUMN, PHASE_COLUMN = 1, 7, 8, -1
LANES = (("instrument", INSTRUMENT_COLUMN), ("verb", VERB_COLUMN), ("target", TARGET_COLUMN), ("phase", PHASE_COLUMN))
# Two labelled frames this near belong together; most of the set is one frame a second with gaps of two.
MAX_GAP_S = 7
NULL_LABELS = frozenset({"null_verb", "null_target"})
ENCODE_BATCH = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledVideo:
    """`seconds`: of each labelled frame, rising; `labels`: per lane, the set of labels of each frame."""

    name: str
    seconds: tuple[int, ...]
    labels: dict[str, tuple[frozenset[str], ...]]
    frames_dir: Path

    def facts(self, first: int, last: int) -> list[Fact]:
        """Frames [first, last) as facts, times relative to the first of them, probability 1."""
        facts: list[Fact] = []
        for lane, per_frame in self.labels.items():
            for label in sorted(frozenset().union(*per_frame[first:last])):
                facts += [self._fact(lane, label, run, first) for run in self._runs(per_frame, label, first, last)]
        return facts

    def _runs(self, per_frame: Sequence[frozenset[str]], label: str, first: int, last: int) -> list[list[int]]:
        runs: list[list[int]] = []
        for index in range(first, last):
            if label not in per_frame[index]:
                continue
            if runs and runs[-1][-1] == index - 1 and self.seconds[index] - self.seconds[index - 1] <= MAX_GAP_S:
                runs[-1].append(index)
            else:
                runs.append([index])
        return runs

    def _fact(self, lane: str, label: str, run: Sequence[int], first: int) -> Fact:
        origin_s = self.seconds[first]
        return Fact(
            lane=lane,
            label=label,
            start_s=float(self.seconds[run[0]] - origin_s),
            end_s=float(self.seconds[run[-1]] - origin_s + 1),
            probability=1.0,
        )


def video_names(data_dir: Path) -> list[str]:
    return sorted(path.stem for path in (data_dir / FOLDER / "labels").glob("*.json"))


def read_video(data_dir: Path, name: str) -> LabelledVideo:
    content = json.loads((data_dir / FOLDER / "labels" / f"{name}.json").read_text(encoding="utf-8"))
    frames_dir = data_dir / FOLDER / "videos" / name
    rows = {int(second): found for second, found in content["annotations"].items() if found}
    seconds = tuple(sorted(second for second in rows if (frames_dir / f"{second:06d}.jpg").is_file()))
    names = content["categories"]
    labels = {lane: tuple(_labels(rows[second], column, names[lane]) for second in seconds) for lane, column in LANES}
    return LabelledVideo(name=name, seconds=seconds, labels=labels, frames_dir=frames_dir)


def cached_patches(
    video: LabelledVideo, *, encoder: FrameEncoder, cache_dir: Path, on_progress: ProgressCallback = ignore_progress
) -> Tensor:
    """Patch features of the labelled frames, (T, 49, 1280) float16; computed once per encoder and video."""
    path = cache_dir / encoder.encoder_id / f"{video.name}.safetensors"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file({"patches": _encode(video, encoder.encode, on_progress)}, path)
    return load_file(path)["patches"]


def _encode(video: LabelledVideo, encode: Callable[[Tensor], Tensor], on_progress: ProgressCallback) -> Tensor:
    done: list[Tensor] = []
    for start in range(0, len(video.seconds), ENCODE_BATCH):
        seconds = video.seconds[start : start + ENCODE_BATCH]
        pixels = [_pixels(video.frames_dir / f"{second:06d}.jpg") for second in seconds]
        done.append(encode(torch.cat(pixels)).half().cpu())
        on_progress(Progress(done=start + len(seconds), total=len(video.seconds), unit="frames"))
    return torch.cat(done)


def _pixels(path: Path) -> Tensor:
    with Image.open(path) as image:
        return frames_to_pixels(np.asarray(image.convert("RGB"))[None])


def _labels(rows: Sequence[Sequence[float]], column: int, names: dict[str, str]) -> frozenset[str]:
    found = {names.get(str(int(row[column])), "") for row in rows}
    return frozenset(found - NULL_LABELS - {""})
