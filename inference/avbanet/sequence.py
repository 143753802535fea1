"""From a video to the sequence that a scorer reads: one function, the same at training and at serving.

A row a second: how the second moves (`motion`), and how far the store's frame features go from one second to others.
What a frame shows is left out on purpose: references are of the site's own procedure, and looks would name the room.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from inference.avbanet.motion import COLUMNS as MOTION_COLUMNS
from inference.avbanet.motion import MOTION_VERSION, Motion, read_motion
from inference.avbanet.reference import SkillSequence
from inference.progress import ProgressCallback, StopCheck, ignore_progress, never_stop
from inference.vision.store import FeatureStore

LAGS_S = (1, 3, 8)
LOOK_COLUMNS = (*(f"look_change_{lag}" for lag in LAGS_S), "look_departure")
COLUMNS = (*MOTION_COLUMNS, *LOOK_COLUMNS)
WIDTH = len(COLUMNS)
FLOOR = 1e-3

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoFacts:
    """What is known of a video before its pictures are read.

    content : SHA-256 of the file · kind : value of VideoKind · outside : (T,), whether each second is outside the body
    """

    content: str
    kind: str
    outside: NDArray[np.bool_] | None = None


def sequence_encoder(store_encoder: str) -> str:
    """Which version of rows a sequence holds: of movement and of the tower whose features changed."""
    return f"{MOTION_VERSION}+{store_encoder}"


def video_sequence(
    video: Path,
    store: FeatureStore,
    facts: VideoFacts,
    on_progress: ProgressCallback = ignore_progress,
    should_stop: StopCheck = never_stop,
) -> SkillSequence:
    """`video` : the playable file · `store` : its features. Progress counts seconds of video.

    Raises MediaFailed where the video cannot be read, Stopped on request.
    """
    motion = read_motion(video, on_progress, should_stop, expected_s=store.duration_s)
    return joined(motion, store.frame_features(), facts, store_encoder=store.encoder_id)


def joined(motion: Motion, features: torch.Tensor, facts: VideoFacts, *, store_encoder: str) -> SkillSequence:
    """features : (T', D), a frame a second; the seconds that both hold are kept."""
    seconds = motion.times_s.astype(int)
    kept = seconds < len(features)
    looks = look_rows(features.numpy().astype(np.float64))
    outside = _outside(facts, len(features))
    faults = tuple(
        fault or ("out_of_body" if outside[second] else "")
        for second, fault, is_kept in zip(seconds, motion.faults, kept, strict=True)
        if is_kept
    )
    return SkillSequence(
        content=facts.content,
        times_s=motion.times_s[kept],
        values=np.concatenate([motion.values[kept], looks[seconds[kept]]], axis=1).astype(np.float32),
        usable=np.array([not fault for fault in faults], dtype=bool),
        duration_s=float(kept.sum()),
        kind=facts.kind,
        encoder=sequence_encoder(store_encoder),
        faults=faults,
    )


def look_rows(features: Values) -> Values:
    """features : (T, D) · returns : (T, 4), LOOK_COLUMNS: logarithms of how far a frame is from others."""
    length = np.linalg.norm(features, axis=1).mean() + FLOOR
    changes = [_change(features, lag) / length for lag in LAGS_S]
    departure = np.linalg.norm(features - features.mean(axis=0), axis=1) / length
    return np.log(np.stack([*changes, departure], axis=1) + FLOOR)


def _change(features: Values, lag: int) -> Values:
    """(T,), distance to the frame `lag` seconds earlier, to the first where there is none; the first second, which has
    nothing before it, is given the second's."""
    earlier = np.maximum(np.arange(len(features)) - lag, 0)
    changes = np.linalg.norm(features - features[earlier], axis=1)
    changes[:1] = changes[1:2].sum()
    return np.asarray(changes)


def _outside(facts: VideoFacts, num_seconds: int) -> NDArray[np.bool_]:
    outside = np.zeros(num_seconds, dtype=bool)
    if facts.outside is not None:
        known = min(num_seconds, len(facts.outside))
        outside[:known] = facts.outside[:known]
    return outside
