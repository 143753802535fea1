"""Motion metrics of a stretch of JIGSAWS kinematics: lengths, speeds, smoothness, turns, grip, of both instruments."""

import numpy as np
from numpy.typing import NDArray

from inference.datasets.jigsaws_kinematics import RATE_HZ

Values = NDArray[np.float64]

# Where an instrument's columns begin: position 3, rotation 9, velocity 3, rotation velocity 3, grip 1.
SLAVES = (38, 57)
STILL_M_PER_S = 0.005
GRIP_CHANGE_RAD = 0.1
MIN_ROWS = 4
# Added before a logarithm: below what the arm's encoders resolve.
FLOOR = 1e-4

OF_INSTRUMENT = (
    "path",
    "speed",
    "speed_spread",
    "speed_top",
    "acceleration",
    "jerk",
    "jerk_by_speed",
    "idle",
    "straightness",
    "turned",
    "turning",
    "turning_spread",
    "grip_range",
    "grip",
    "grip_changes",
    "grip_crossings",
    "volume",
    "reversals",
    "peaks",
)
NAMES = (*(f"left_{name}" for name in OF_INSTRUMENT), *(f"right_{name}" for name in OF_INSTRUMENT), "share", "together")
DURATION = "duration"


def metrics(values: NDArray[np.float32]) -> Values:
    """values : (T, 76), 10 Hz, T at least MIN_ROWS · returns : (M,), named by NAMES; lengths, speeds as logarithms."""
    sides = [_instrument(values[:, first : first + 19].astype(np.float64)) for first in SLAVES]
    left, right = (_steps(values[:, first : first + 3].astype(np.float64)) for first in SLAVES)
    share = left.mean() / (left.mean() + right.mean() + FLOOR**2)
    return np.asarray(np.nan_to_num(np.array([*sides[0], *sides[1], share, _correlation(left, right)])))


def stretch(values: NDArray[np.float32], start_s: float, end_s: float) -> NDArray[np.float32]:
    """The rows of [start_s, end_s), at least MIN_ROWS of them."""
    first = min(int(start_s * RATE_HZ), max(0, len(values) - MIN_ROWS))
    return values[first : max(first + MIN_ROWS, int(end_s * RATE_HZ))]


def _steps(position: Values) -> Values:
    return np.asarray(np.linalg.norm(np.diff(position, axis=0), axis=1))


def _instrument(values: Values) -> list[float]:
    """values : (T, 19)"""
    position, turn, grip = values[:, :3], np.linalg.norm(values[:, 15:18], axis=1), values[:, 18]
    step = np.diff(position, axis=0)
    speed = np.linalg.norm(step, axis=1) * RATE_HZ
    acceleration = np.diff(step, axis=0) * RATE_HZ**2
    jerk = float(np.linalg.norm(np.diff(acceleration, axis=0), axis=1).mean()) * RATE_HZ
    path = float(speed.sum()) / RATE_HZ
    tops = (speed[1:-1] > speed[:-2]) & (speed[1:-1] >= speed[2:])
    return [
        float(np.log(path + FLOOR)),
        float(np.log(speed.mean() + FLOOR)),
        float(np.log(speed.std() + FLOOR)),
        float(np.log(speed.max() + FLOOR)),
        float(np.log(np.linalg.norm(acceleration, axis=1).mean() + 10 * FLOOR)),
        float(np.log(jerk + 100 * FLOOR)),
        float(np.log(jerk / (speed.mean() + FLOOR) + 100 * FLOOR)),
        float((speed < STILL_M_PER_S).mean()),
        float(np.linalg.norm(position[-1] - position[0]) / (path + FLOOR)),
        float(np.log(turn.sum() / RATE_HZ + 10 * FLOOR)),
        float(np.log(turn.mean() + 10 * FLOOR)),
        float(np.log(turn.std() + 10 * FLOOR)),
        float(np.ptp(grip)),
        float(grip.mean()),
        float((np.abs(np.diff(grip)) > GRIP_CHANGE_RAD).sum()),
        float((np.diff(np.sign(grip - grip.mean())) != 0).sum()),
        float(np.log(np.ptp(position, axis=0).prod() + 1e-9)),
        float(((step[1:] * step[:-1]).sum(axis=1) < 0).sum()),
        float(np.log1p(tops.sum())),
    ]


def _correlation(left: Values, right: Values) -> float:
    if left.std() == 0 or right.std() == 0:
        return 0.0
    return float(np.corrcoef(left, right)[0, 1])
