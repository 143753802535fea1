"""From distances to probabilities that mean what they say, and to saying nothing.

Temperature: Guo et al. 2017. Net trust score: Wong et al. 2020, with both exponents 1. Everything here is fitted on
episodes of tasks that the encoder did not train on, and of people that it is not judged on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NUM_BINS = 10
# Where no level reaches this share, none is named.
MIN_SHARE = 0.45
TEMPERATURES = np.geomspace(0.05, 20.0, 121)
# Queries of a fitting episode that lie further out than this share of all are no longer like their references.
FAR_QUANTILE = 0.995

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """temperature : logits are divided by it · far_embedding, far_rows : distances to the nearest reference, of
    embeddings and of mean rows, above which nothing is said · duration_weight : of the squared difference of the
    logarithms of two durations · mistake_from : `mistakes` from which a second counts as a suspected one"""

    temperature: float = 1.0
    far_embedding: float = float("inf")
    far_rows: float = float("inf")
    duration_weight: float = 0.0
    mistake_from: float = 0.0


def shares(logits: Values) -> Values:
    """(..., K) -> the same, summing to 1"""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def fitted_temperature(logits: Values, truth: NDArray[np.int64]) -> float:
    """logits : (N, K) · truth : (N,) · returns : the temperature of least negative log-likelihood."""
    losses = [negative_log_likelihood(shares(logits / one), truth) for one in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmin(losses))])


def negative_log_likelihood(probabilities: Values, truth: NDArray[np.int64]) -> float:
    chosen = probabilities[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(chosen, 1e-12)).mean())


def expected_calibration_error(probabilities: Values, truth: NDArray[np.int64], *, num_bins: int = NUM_BINS) -> float:
    """Of the named level: mean distance of confidence and accuracy over bins of equal width, weighted by their size."""
    confidence, named = probabilities.max(axis=1), probabilities.argmax(axis=1)
    right = named == truth
    place = np.minimum((confidence * num_bins).astype(int), num_bins - 1)
    errors = [
        (place == one).mean() * abs(right[place == one].mean() - confidence[place == one].mean())
        for one in np.unique(place)
    ]
    return float(np.sum(errors))


def net_trust_score(probabilities: Values, truth: NDArray[np.int64]) -> float:
    """Mean of the confidence where the named level is right, and of what is left of it where it is wrong."""
    confidence, named = probabilities.max(axis=1), probabilities.argmax(axis=1)
    return float(np.where(named == truth, confidence, 1 - confidence).mean())


def expected_trust(probabilities: Values) -> float:
    """The net trust score that one answer is expected to earn if its probabilities are right. probabilities : (K,)"""
    confidence = float(probabilities.max())
    return confidence**2 + (1 - confidence) ** 2


def risk_coverage(
    probabilities: Values, truth: NDArray[np.int64], coverages: Sequence[float] = (1.0, 0.9, 0.8, 0.7, 0.5)
) -> dict[float, float]:
    """Share of wrong answers when only the most confident share is answered."""
    order = np.argsort(-probabilities.max(axis=1), kind="stable")
    wrong = (probabilities.argmax(axis=1) != truth)[order]
    return {one: float(wrong[: max(1, round(one * len(wrong)))].mean()) for one in coverages}


def far_distance(distances: Values) -> float:
    """distances : (N,), of fitting queries to their nearest reference"""
    return float(np.quantile(distances, FAR_QUANTILE))
