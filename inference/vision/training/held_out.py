"""Videos as eyes saw them that had not trained on their operation."""

from collections.abc import Sequence

import numpy as np

from inference.datasets.operations import Operation
from inference.vision.smoothing import Values
from inference.vision.training.dataset import HeldOut
from inference.vision.training.eyes_data import EyesData


def videos_of(data: EyesData, rows: Values, *, without_fold: int | None = None) -> list[HeldOut]:
    """Every video whose operation is known, by time; logits are `rows` (N, C)."""
    places: dict[tuple[str, str], list[int]] = {}
    for index, frame in enumerate(data.frames):
        if isinstance(frame.origin, Operation) and frame.origin.fold != without_fold:
            places.setdefault((frame.folder, frame.video), []).append(index)
    return [_video(data, rows, f"{folder}/{video}", found) for (folder, video), found in places.items()]


def _video(data: EyesData, rows: Values, name: str, places: Sequence[int]) -> HeldOut:
    times_s = np.array([data.frames[place].timestamp_s for place in places])
    order = np.argsort(times_s, kind="stable")
    chosen = np.array(places)[order]
    return HeldOut(
        video=name,
        timestamps_s=times_s[order],
        logits=rows[chosen],
        truth=data.truth[chosen].astype(np.float64),
    )
