"""Figures by which a tower is judged; defined here once and tested on arrays a person can check."""

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Labels = NDArray[np.int64]


def average_precision(truth: NDArray[np.bool_], scores: Values) -> float:
    """Area under the precision-recall steps; tied scores count as one step. NaN if nothing is true."""
    if not truth.any():
        return float("nan")
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(truth[order])
    last_of_tie = np.append(np.diff(scores[order]) != 0, True)
    precision = (hits / np.arange(1, len(truth) + 1))[last_of_tie]
    recall = (hits / truth.sum())[last_of_tie]
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def mean_average_precision(truth: NDArray[np.bool_], scores: Values) -> float:
    """truth, scores : (T, C) · mean over the labels that occur at all; NaN if none does."""
    found = [average_precision(truth[:, column], scores[:, column]) for column in range(truth.shape[1])]
    known = [value for value in found if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")


def accuracy(truth: Labels, guess: Labels) -> float:
    return float(np.mean(truth == guess))


def macro_f1(truth: Labels, guess: Labels) -> float:
    """Mean F1 over the labels that occur in the truth."""
    scores = []
    for label in np.unique(truth):
        both = np.sum((truth == label) & (guess == label))
        scores.append(2 * both / (np.sum(truth == label) + np.sum(guess == label)))
    return float(np.mean(scores))


def calibration_error(truth: NDArray[np.bool_], probabilities: Values, *, num_bins: int = 10) -> float:
    """Expected calibration error: mean gap between said and found frequency, over equal-width bins."""
    bins = np.clip((probabilities * num_bins).astype(int), 0, num_bins - 1)
    gaps = [
        abs(truth[bins == index].mean() - probabilities[bins == index].mean()) * np.sum(bins == index)
        for index in np.unique(bins)
    ]
    return float(np.sum(gaps) / len(truth))
