"""Intervals around means and differences, drawn over groups: what stems from one surgery stands or falls together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 2000
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    mean: float
    low: float
    high: float

    def row(self) -> list[float]:
        return [round(value, 4) for value in (self.mean, self.low, self.high)]


def interval(values: Mapping[str, Sequence[float]], *, seed: int = 0) -> Interval:
    """Of the mean of all values, which stand by group."""
    names = sorted(values)
    sums = np.array([sum(values[name]) for name in names], dtype=float)
    counts = np.array([len(values[name]) for name in names], dtype=float)
    if not len(names) or counts.sum() == 0:
        return Interval(float("nan"), float("nan"), float("nan"))
    drawn = np.random.default_rng(seed).integers(0, len(names), size=(RESAMPLES, len(names)))
    means = sums[drawn].sum(axis=1) / np.maximum(counts[drawn].sum(axis=1), 1e-9)
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(sums.sum() / counts.sum()), float(low), float(high))


def paired_difference(
    one: Mapping[str, Sequence[float]], other: Mapping[str, Sequence[float]], *, seed: int = 0
) -> Interval:
    """Of `one` less `other`, value by value of the same items. Raises ValueError where the items are not the same."""
    if {name: len(some) for name, some in one.items()} != {name: len(some) for name, some in other.items()}:
        raise ValueError("paired values must be of the same items")
    return interval(
        {name: [a - b for a, b in zip(some, other[name], strict=True)] for name, some in one.items()}, seed=seed
    )
