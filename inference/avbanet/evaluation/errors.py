"""Where did it go wrong: gesture segments with a mistake told from kinematics, each surgeon left out in turn.

Two readers of the same metrics vote, a logistic regression whose weights may differ by gesture and extremely randomised
trees. Metrics are scaled by gesture with the training surgeons' figures alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from inference.avbanet.evaluation.kinematic_metrics import NAMES, metrics, stretch
from inference.avbanet.evaluation.measures import area_under_curve
from inference.datasets import jigsaws_errors, jigsaws_kinematics
from inference.datasets.jigsaws_errors import GestureSegment

Values = NDArray[np.float64]
NUM_TREES = 300
# Metrics whose weight in the logistic regression is of a gesture's own: length and both paths.
OWN_WEIGHT = (len(NAMES), NAMES.index("left_path"), NAMES.index("right_path"))
SMALLEST = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """values : (N, M + 1), metrics, then the logarithm of the duration · gestures, subjects : (N,) · truth : (N,)"""

    values: Values
    gestures: NDArray[np.str_]
    subjects: NDArray[np.str_]
    truth: NDArray[np.bool_]


def read(data: Path) -> Segments:
    """Segments whose trial has kinematics."""
    kinematics = {trial.name: trial for trial in jigsaws_kinematics.read(data)}
    segments = [one for one in jigsaws_errors.read(data) if one.trial in kinematics]
    rows = [_row(one, kinematics[one.trial].values) for one in segments]
    return Segments(
        values=np.stack(rows),
        gestures=np.array([f"{one.task}/{one.gesture}" for one in segments]),
        subjects=np.array([one.subject for one in segments]),
        truth=np.array([one.has_error for one in segments]),
    )


def evaluate(data: Path, *, seeds: int) -> dict[str, object]:
    """AUC over all segments of what each reader says of the surgeon it did not see."""
    segments = read(data)
    duration = segments.values[:, -1]
    logistic = _left_out(segments, seed=None)
    runs = [_left_out(segments, seed=seed) for seed in range(seeds)]
    voted = [area_under_curve(logistic + trees, segments.truth) for trees in runs]
    return {
        "num_segments": len(segments.truth),
        "error_share": float(segments.truth.mean()),
        "auc": float(np.mean(voted)),
        "auc_sd": float(np.std(voted)),
        "auc_logistic": area_under_curve(logistic, segments.truth),
        "auc_trees": float(np.mean([area_under_curve(one, segments.truth) for one in runs])),
        "auc_duration": area_under_curve(duration, segments.truth),
        "auc_by_surgeon": _by_surgeon(logistic + np.mean(runs, axis=0), segments),
    }


def _row(segment: GestureSegment, values: NDArray[np.float32]) -> Values:
    cut = stretch(values, segment.start_s, segment.end_s)
    return np.append(metrics(cut), np.log(max(segment.end_s - segment.start_s, 0.1)))


def _left_out(segments: Segments, *, seed: int | None) -> Values:
    """Log-odds of a mistake, of each segment by a reader that never saw its surgeon; seed None: logistic regression."""
    odds = np.zeros(len(segments.truth))
    for subject in np.unique(segments.subjects):
        test = segments.subjects == subject
        numbers = _numbers(segments, train=~test)
        model = _logistic() if seed is None else _trees(seed)
        model.fit(numbers[~test], segments.truth[~test])
        said = np.clip(model.predict_proba(numbers[test])[:, 1], SMALLEST, 1 - SMALLEST)
        odds[test] = np.log(said) - np.log(1 - said)
    return odds


def _numbers(segments: Segments, *, train: NDArray[np.bool_]) -> Values:
    """Metrics as they are and scaled within their gesture, which gesture it is, and some metrics for it alone."""
    scaled = segments.values.copy()
    kinds = np.unique(segments.gestures)
    for kind in kinds:
        rows = segments.gestures == kind
        known = segments.values[rows & train] if (rows & train).any() else segments.values[train]
        scaled[rows] = (segments.values[rows] - known.mean(axis=0)) / (known.std(axis=0) + SMALLEST)
    is_kind = (segments.gestures[:, None] == kinds[None]).astype(np.float64)
    own = [is_kind * scaled[:, [column]] for column in OWN_WEIGHT]
    return np.concatenate([scaled, is_kind, *own], axis=1)


def _logistic() -> Any:
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.03, max_iter=500))


def _trees(seed: int) -> Any:
    return ExtraTreesClassifier(NUM_TREES, min_samples_leaf=3, random_state=seed)


def _by_surgeon(odds: Values, segments: Segments) -> dict[str, float]:
    people: Sequence[str] = np.unique(segments.subjects).tolist()
    return {
        one: area_under_curve(odds[segments.subjects == one], segments.truth[segments.subjects == one])
        for one in people
    }
