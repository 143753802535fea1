"""Fits the early head: a logistic regression a label, on statistics of the early features of all views."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from torch import Tensor

from inference.vision.eyes.early_head import COLUMNS, EarlyHead

INVERSE_PENALTY = 0.003
MAX_ITERATIONS = 200


def fit_early_head(views: Sequence[Tensor], truth: NDArray[np.float32], rows: NDArray[np.int64]) -> EarlyHead:
    """views : each (N, 384), of all frames, the first unaugmented · truth : (N, C), NaN where not known. Only `rows`
    are learnt from; a label that is always or never there says nothing."""
    head = EarlyHead()
    known = rows[(~np.isnan(truth[rows][:, COLUMNS])).any(axis=1)]
    if not len(known):
        return head.eval()
    head.mean.copy_(views[0][known].mean(dim=0))
    head.scale.copy_(views[0][known].std(dim=0) + 1e-4)
    standard = [((view - head.mean) / head.scale).numpy() for view in views]
    for place, column in enumerate(COLUMNS):
        own = known[~np.isnan(truth[known, column])]
        labels = truth[own, column] > 0.5
        if labels.any() and not labels.all():
            _fit_label(head, place, np.concatenate([view[own] for view in standard]), np.tile(labels, len(standard)))
    return head.eval()


def _fit_label(head: EarlyHead, place: int, values: NDArray[np.float32], labels: NDArray[np.bool_]) -> None:
    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=MAX_ITERATIONS).fit(values, labels)
    with torch.no_grad():
        head.score.weight[place] = torch.from_numpy(model.coef_[0])
        head.score.bias[place] = float(model.intercept_[0])
