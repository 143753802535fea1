"""Why one level and not the next: what each second adds to the margin, exactly, and which moments are alike.

Sum over time of weights * moments is the embedding, and a level's logit is linear in it; so the margin is a sum over
seconds. It is no attention map: a second that is looked at and speaks for neither level adds nothing.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inference.avbanet.heads import Head
from inference.avbanet.model import SECONDS_PER_MOMENT, Read
from inference.avbanet.score import Evidence, NearestMoment

NUM_MOMENTS = 3

Values = NDArray[np.float64]


def margins(read: Read, head: Head, winner: int, other: int, *, temperature: float) -> Values:
    """(T,), in logits; their sum is the margin of `winner` over `other` without duration. The constant part of the
    margin goes to the seconds by their share of attention: a second counts as nearer to one level than to the other."""
    weight = (head.weight[winner] - head.weight[other]).numpy()
    constant = float(head.bias[winner] - head.bias[other])
    of_second = (read.weights * read.moments) @ weight + read.weights.mean(axis=1) * constant
    return np.asarray(of_second / temperature)


def evidence(times_s: Values, of_second: Values) -> tuple[Evidence, ...]:
    """One for each row of the sequence; a second that is not usable adds nothing."""
    return tuple(
        Evidence(start_s=float(start), end_s=float(start) + 1.0, margin=float(margin))
        for start, margin in zip(times_s, of_second, strict=True)
    )


def windows(read: Read) -> Values:
    """(W, E): mean embedding of each stretch of SECONDS_PER_MOMENT, W = T - SECONDS_PER_MOMENT + 1, at least one."""
    size = min(SECONDS_PER_MOMENT, len(read.moments))
    summed = np.cumsum(np.concatenate([np.zeros((1, read.moments.shape[1])), read.moments]), axis=0)
    return np.asarray((summed[size:] - summed[:-size]) / size)


def top_windows(of_second: Values) -> list[int]:
    """Starts of the stretches that speak loudest for the winner, none overlapping another."""
    size = min(SECONDS_PER_MOMENT, len(of_second))
    sums = np.convolve(of_second, np.ones(size), mode="valid")
    chosen: list[int] = []
    for start in np.argsort(-sums, kind="stable"):
        if len(chosen) < NUM_MOMENTS and all(abs(int(start) - one) >= size for one in chosen):
            chosen.append(int(start))
    return chosen


def nearest_moments(
    read: Read, of_second: Values, times_s: Values, references: Sequence[tuple[str, Values, Values]]
) -> tuple[NearestMoment, ...]:
    """references : (key, windows (W, E), times of its rows) of the winning level"""
    own = windows(read)
    return tuple(_nearest(start, own[start], times_s, references) for start in top_windows(of_second))


def _nearest(
    start: int, wanted: Values, times_s: Values, references: Sequence[tuple[str, Values, Values]]
) -> NearestMoment:
    distances = [np.linalg.norm(found - wanted, axis=1) for _, found, _ in references]
    best = int(np.argmin([one.min() for one in distances]))
    key, found, reference_times_s = references[best]
    place = int(distances[best].argmin())
    begin, other = float(times_s[start]), float(reference_times_s[place])
    return NearestMoment(
        start_s=begin,
        end_s=begin + min(SECONDS_PER_MOMENT, len(times_s)),
        reference=key,
        reference_start_s=other,
        reference_end_s=other + min(SECONDS_PER_MOMENT, len(found) + SECONDS_PER_MOMENT - 1),
    )
