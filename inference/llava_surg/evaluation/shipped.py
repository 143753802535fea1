"""The weights that ship, as witnesses of labelled surgeries: what the product's own eyes say of each frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from torch import Tensor

from inference.datasets.cholect50 import LabelledVideo
from inference.evidence.watched import Watched, watched_outputs
from inference.llava_surg.evaluation.eyes_cut import STRANGE, eyes_cut
from inference.llava_surg.evaluation.seen_frames import SeenFrames, seen_frames
from inference.llava_surg.evaluation.witness import Witness, operation_cut
from inference.progress import ProgressCallback, ignore_progress
from inference.vision.encoder import EncoderOptions, FrameEncoder
from inference.vision.eyes.eyes import ROW_NAMES, Eyes
from inference.vision.eyes.read_video import frame_probabilities, kind_of_rows
from inference.vision.outputs import EYES_NAMES
from inference.vision.smoothing import Values
from inference.vision.timeline import TimelineHeads
from inference.vision.timeline import frame_probabilities as tower_probabilities

TOWER, HEADS, EYES, SIMULATOR = (
    "vision_tower.safetensors",
    "timeline_heads.json",
    "eyes.safetensors",
    "simulator_heads.safetensors",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippedEyes:
    """`heads` : the tower's own, which speak where there are no eyes."""

    encoder: FrameEncoder
    heads: TimelineHeads

    @classmethod
    def load(cls, weights: Path) -> "ShippedEyes":
        """Eyes and the simulator's heads where the folder has them. Raises ModelMissing without tower or heads."""
        options = EncoderOptions(
            weights=weights / TOWER,
            eyes=_if_there(weights / EYES),
            simulator=_if_there(weights / SIMULATOR),
        )
        return cls(encoder=FrameEncoder(options), heads=TimelineHeads.load(weights / HEADS))

    @property
    def watched(self) -> Watched:
        eyes = self.encoder.eyes
        if eyes is None:
            return watched_outputs(self.heads.shown)
        trainer = [name for name in self.heads.shown if name.startswith("simulator/")]
        return watched_outputs([*eyes.settings.shown, *trainer])


def shipped_witnesses(
    videos: Sequence[LabelledVideo],
    shipped: ShippedEyes,
    *,
    work: Path,
    on_progress: ProgressCallback = ignore_progress,
) -> tuple[dict[str, Witness], dict[str, Tensor]]:
    """By the video's name: witnesses, and patches (T, 49, 1280)."""
    seen = {
        video.name: seen_frames(video, encoder=shipped.encoder, work=work, on_progress=on_progress) for video in videos
    }
    witnesses = {video.name: _witness(video, seen[video.name], shipped) for video in videos}
    return witnesses, {name: frames.patches for name, frames in seen.items()}


def _witness(video: LabelledVideo, seen: SeenFrames, shipped: ShippedEyes) -> Witness:
    times_s = np.array(video.seconds, dtype=np.float64)
    rows = seen.rows.double().numpy()
    eyes = shipped.encoder.eyes
    return _by_eyes(video, rows, times_s, eyes) if eyes is not None else _by_tower(video, rows, times_s, shipped)


def _by_tower(video: LabelledVideo, rows: Values, times_s: Values, shipped: ShippedEyes) -> Witness:
    assert shipped.encoder.heads is not None
    names = shipped.encoder.heads.output_names
    said = tower_probabilities(rows[:, : len(names)], times_s, names=names, heads=shipped.heads)
    shown = frozenset(shipped.heads.shown)
    return Witness(video=video, names=names, probabilities=said, shown=shown, cut=operation_cut(shown))


def _by_eyes(video: LabelledVideo, rows: Values, times_s: Values, eyes: Eyes) -> Witness:
    rows = rows[:, : len(ROW_NAMES)]
    reading = kind_of_rows(rows, times_s, eyes.settings)
    said = frame_probabilities(rows, times_s, readers=eyes.readers, settings=eyes.settings)
    with_strange = np.concatenate([said, reading.is_strange[:, None].astype(np.float64)], axis=1)
    shown = eyes.settings.shown
    return Witness(
        video=video,
        names=(*EYES_NAMES, STRANGE),
        probabilities=with_strange,
        shown=frozenset(shown),
        cut=eyes_cut(reading, shown),
    )


def _if_there(path: Path) -> Path | None:
    return path if path.is_file() else None
