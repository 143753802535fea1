"""What can be measured of a performance without a model: each number stands beside the references' own.

Speeds and paths are in picture widths: what a camera further away shows as less. They are descriptions, not scores.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.avbanet.motion import FLOOR
from inference.avbanet.reference import Reference, SkillSequence
from inference.avbanet.score import Factor
from inference.avbanet.sequence import COLUMNS

UNITS = {
    "duration": "s",
    "path": "picture widths per minute",
    "idle": "share of the time",
    "smoothness": "log jerk, lower is smoother",
    "bimanual_balance": "0 one hand, 1 both alike",
    "events": "suspected mistakes per minute",
}


@dataclass(frozen=True, slots=True)
class Measured:
    """One sequence's factors, by name as in UNITS."""

    values: dict[str, float]


def measure(sequence: SkillSequence, *, events_per_min: float | None = None) -> Measured:
    """`events_per_min` : where something watches for mistakes."""
    rows = sequence.values[sequence.usable].astype(np.float64)
    values = {
        "duration": sequence.duration_s,
        "path": 60.0 * float(_speed(rows, "active").mean() + _speed(rows, "other").mean()),
        "idle": float(_column(rows, "active_idle").mean()),
        "smoothness": float(_column(rows, "active_jerk").mean()),
        "bimanual_balance": float(_column(rows, "balance").mean()),
    }
    if events_per_min is not None:
        values["events"] = events_per_min
    return Measured(values)


def compared(
    measured: Measured, references: Sequence[tuple[Reference, Measured]], levels: Sequence[str]
) -> tuple[Factor, ...]:
    """Each factor with the mean of each level's references."""
    return tuple(
        Factor(name=name, value=value, unit=UNITS[name], by_level=_by_level(name, references, levels))
        for name, value in measured.values.items()
    )


def _by_level(name: str, references: Sequence[tuple[Reference, Measured]], levels: Sequence[str]) -> dict[str, float]:
    found = {
        level: [of.values[name] for reference, of in references if reference.level == level and name in of.values]
        for level in levels
    }
    return {level: float(np.mean(values)) for level, values in found.items() if values}


def _speed(rows: NDArray[np.float64], side: str) -> NDArray[np.float64]:
    """Mean speed of a side in each second; rows hold its logarithm."""
    return np.asarray(np.maximum(np.exp(_column(rows, f"{side}_speed")) - FLOOR, 0.0))


def _column(rows: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    return np.asarray(rows[:, COLUMNS.index(name)])
