"""One row of movement a second: how fast, how smooth, how idle, which hand; from flow between pictures 1/15 s apart.

Every column is of the picture alone: no tracking, no names, nothing of a task; speeds are in picture widths a second,
so that pictures of any size and rate give the same. COLUMNS names them; a change of any makes another MOTION_VERSION.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.avbanet.flow import BLACK_GREY, FlowReader, Moved
from inference.errors import MediaFailed, Stopped
from inference.media.small_frames import read_small_grey
from inference.progress import Progress, ProgressCallback, StopCheck, ignore_progress, never_stop

MOTION_VERSION = "motion-1"
RATE_HZ = 15.0
WIDTH_PX = 160
# Below this a side stands still, in picture widths a second.
IDLE_WIDTHS_PER_S = 0.06
# Of two pictures that differ less than this, the second is the first again; sensor noise alone is above it.
FROZEN_CHANGE = 2e-4

SIDE_COLUMNS = ("speed_slow", "speed", "speed_fast", "acceleration", "jerk", "turning", "straightness", "peaks", "idle")
COLUMNS = (
    *(f"active_{name}" for name in SIDE_COLUMNS),
    *(f"other_{name}" for name in SIDE_COLUMNS),
    "balance",
    "together",
    "area",
    "camera",
    "change",
    "wander",
)
FLOOR = 1e-3

Rows = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """times_s : (T,) whole seconds · values : (T, M), columns COLUMNS · usable : (T,), neither black nor frozen

    faults : of each second why it is not usable, "" where it is: "frozen" or "black"
    """

    times_s: NDArray[np.float64]
    values: Rows
    usable: NDArray[np.bool_]
    faults: tuple[str, ...]


def read_motion(
    video: Path,
    on_progress: ProgressCallback = ignore_progress,
    should_stop: StopCheck = never_stop,
    *,
    expected_s: float = 0.0,
) -> Motion:
    """One decode of the whole video. Progress counts seconds. Raises MediaFailed, or Stopped between seconds."""
    seconds, rows, faults = [], [], []
    for second, moved in groupby(_moves(video), key=lambda item: int(item[0])):
        if should_stop():
            raise Stopped("reading movement was stopped")
        steps = [(time_s, dt_s, step) for time_s, dt_s, step in moved]
        seconds.append(float(second))
        rows.append(second_row([step for _, _, step in steps], float(np.median([dt_s for _, dt_s, _ in steps]))))
        faults.append(_fault([step for _, _, step in steps]))
        on_progress(Progress(done=len(rows), total=max(round(expected_s), len(rows)), unit="seconds"))
    if not rows:
        raise MediaFailed(f"{video.name} holds fewer than two pictures")
    return Motion(
        times_s=np.array(seconds),
        values=np.stack(rows),
        usable=np.array([not fault for fault in faults]),
        faults=tuple(faults),
    )


def _moves(video: Path) -> Iterator[tuple[float, float, Moved]]:
    """(time, seconds since the picture before, what moved)"""
    reader = FlowReader()
    before = None
    before_s = 0.0
    for time_s, grey in read_small_grey(video, rate_hz=RATE_HZ, width_px=WIDTH_PX):
        if before is not None and before.shape == grey.shape and time_s > before_s:
            yield before_s, time_s - before_s, reader.between(before, grey, time_s - before_s)
        before, before_s = grey, time_s


def _fault(steps: Sequence[Moved]) -> str:
    if np.mean([step.grey for step in steps]) < BLACK_GREY:
        return "black"
    return "frozen" if np.mean([step.change for step in steps]) < FROZEN_CHANGE else ""


def second_row(steps: Sequence[Moved], dt_s: float) -> Rows:
    """The moves of one second, `dt_s` apart · returns : (M,)"""
    velocity = np.stack([step.velocity for step in steps])  # (N, 2 sides, 2)
    area = np.stack([step.area for step in steps])
    speeds = np.linalg.norm(velocity, axis=2)
    work = speeds.mean(axis=0) * area.mean(axis=0)
    active = int(work.argmax())
    sides = [_side_row(velocity[:, side], dt_s) for side in (active, 1 - active)]
    balance = float(work.min() / (work.max() + FLOOR**2))
    return np.array(
        [
            *sides[0],
            *sides[1],
            balance,
            float(
                np.minimum(speeds[:, 0], speeds[:, 1]).mean() / (np.maximum(speeds[:, 0], speeds[:, 1]).mean() + FLOOR)
            ),
            np.log(area.sum(axis=1).mean() + FLOOR),
            np.log(np.mean([step.camera for step in steps]) + FLOOR),
            np.log(np.mean([step.change for step in steps]) + FLOOR),
            _wander([step.centre[active] for step in steps]),
        ]
    )


def _side_row(velocity: Rows, dt_s: float) -> list[float]:
    """velocity : (N, 2) · returns : as SIDE_COLUMNS; speeds, accelerations and jerks as logarithms"""
    speed = np.linalg.norm(velocity, axis=1)
    slow, fast = np.percentile(speed, (15, 90))
    mean = speed.mean() + FLOOR
    acceleration = np.linalg.norm(np.diff(velocity, axis=0), axis=1).mean() / dt_s if len(velocity) > 1 else 0.0
    jerk = np.linalg.norm(np.diff(velocity, 2, axis=0), axis=1).mean() / dt_s**2 if len(velocity) > 2 else 0.0
    return [
        float(np.log(slow + FLOOR)),
        float(np.log(mean)),
        float(np.log(fast + FLOOR)),
        float(np.log(acceleration / mean + 0.1)),
        float(np.log(jerk / mean + 1.0)),
        _turning(velocity),
        float(np.linalg.norm(velocity.mean(axis=0)) / mean),
        _peaks(speed),
        float((speed < IDLE_WIDTHS_PER_S).mean()),
    ]


def _turning(velocity: Rows) -> float:
    """Mean of 1 - cos between one step and the next, over steps that move, in [0, 2]."""
    norm = np.linalg.norm(velocity, axis=1)
    both = (norm[:-1] > IDLE_WIDTHS_PER_S) & (norm[1:] > IDLE_WIDTHS_PER_S)
    if not both.any():
        return 0.0
    cosine = (velocity[:-1] * velocity[1:]).sum(axis=1)[both] / (norm[:-1] * norm[1:])[both]
    return float(1 - cosine.mean())


def _peaks(speed: Rows) -> float:
    """Tops of the speed above idle, a step of this second: each is a submovement."""
    if len(speed) < 3:
        return 0.0
    tops = (speed[1:-1] > speed[:-2]) & (speed[1:-1] >= speed[2:]) & (speed[1:-1] > IDLE_WIDTHS_PER_S)
    return float(tops.mean())


def _wander(centres: Sequence[Rows]) -> float:
    """Logarithm of how far the moving region's centre spreads within the second, in picture widths."""
    known = np.array([centre for centre in centres if not np.isnan(centre).any()])
    return float(np.log((known.std(axis=0).mean() if len(known) else 0.0) + FLOOR))
