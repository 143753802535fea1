"""What a protocol counts of its predictions, and how sure the count is: resampled by surgeon, never by trial."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NUM_RESAMPLES = 500
INTERVAL = (2.5, 97.5)

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictions:
    """Many episodes' answers in one: truth, predicted : (N,) · subjects : (N,), whose performance it was."""

    truth: Ints
    predicted: Ints
    subjects: NDArray[np.str_]

    @classmethod
    def joined(cls, parts: Sequence["Predictions"]) -> "Predictions":
        return cls(
            truth=np.concatenate([part.truth for part in parts]),
            predicted=np.concatenate([part.predicted for part in parts]),
            subjects=np.concatenate([part.subjects for part in parts]),
        )


def accuracy(predictions: Predictions) -> float:
    return float((predictions.truth == predictions.predicted).mean())


def one_vs_rest(predictions: Predictions) -> float:
    """(TP + TN) / all, averaged over the classes: what the authors print for three classes. Chance reads 0.56 there."""
    classes = np.unique(predictions.truth)
    if len(classes) < 3:
        return accuracy(predictions)
    hits = [((predictions.truth == one) == (predictions.predicted == one)).mean() for one in classes]
    return float(np.mean(hits))


def balanced_accuracy(predictions: Predictions) -> float:
    classes = np.unique(predictions.truth)
    return float(np.mean([(predictions.predicted[predictions.truth == one] == one).mean() for one in classes]))


def majority(labels: Ints) -> float:
    """Share of the commonest class: what always saying it would score."""
    return float(np.bincount(labels).max() / len(labels))


def interval(
    predictions: Predictions, measure: Callable[[Predictions], float] = accuracy, *, seed: int = 0
) -> tuple[float, float]:
    """95 % of resamples in which whole surgeons are drawn with replacement."""
    random = np.random.default_rng(seed)
    people = np.unique(predictions.subjects)
    rows = {one: np.flatnonzero(predictions.subjects == one) for one in people}
    drawn = []
    for _ in range(NUM_RESAMPLES):
        chosen = np.concatenate([rows[one] for one in random.choice(people, size=len(people))])
        drawn.append(
            measure(
                Predictions(
                    truth=predictions.truth[chosen],
                    predicted=predictions.predicted[chosen],
                    subjects=predictions.subjects[chosen],
                )
            )
        )
    low, high = np.percentile(drawn, INTERVAL)
    return float(low), float(high)


def area_under_curve(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """Of the receiver operating characteristic, by ranks (Mann and Whitney); ties count half. NaN without both."""
    if truth.all() or not truth.any():
        return float("nan")
    order = np.argsort(scores, kind="stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    for value in np.unique(scores):
        same = scores == value
        ranks[same] = ranks[same].mean()
    positives = int(truth.sum())
    return float((ranks[truth].sum() - positives * (positives + 1) / 2) / (positives * (len(truth) - positives)))
