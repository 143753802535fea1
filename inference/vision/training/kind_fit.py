"""Fits the kind head on statistics of the early features: every source of a kind counts alike."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from torch import Tensor

from inference.datasets.frames import LabelledFrame
from inference.datasets.kinds import KIND as KIND_GROUP
from inference.datasets.kinds import OTHER_LAPAROSCOPY, ROBOTIC
from inference.vision.backbone import EYES_FIRST_BLOCK, FIRST_BLOCK, imagenet_backbone
from inference.vision.eyes.early_statistics import statistics
from inference.vision.eyes.kind_head import NUM_COMPONENTS, KindHead
from inference.vision.fused import EarlyBlocks
from inference.vision.outputs import BODY, KIND

UNKNOWN = -1
INVERSE_PENALTY = 0.01
MAX_ITERATIONS = 300
# A kind that was never seen in training is never named.
NEVER = -20.0
INSIDE_LABEL = f"{BODY.name}/outside"


def kind_labels(frames: tuple[LabelledFrame, ...]) -> NDArray[np.int64]:
    """Index into KIND.labels of each frame, UNKNOWN where several are possible : (N,)

    Keyhole operations of a lecture are other laparoscopies, robotic or not: the two are not told apart.
    """
    return np.array([_kind_of(frame) for frame in frames])


def _kind_of(frame: LabelledFrame) -> int:
    possible = {name.partition("/")[2] for name, value in frame.truth.items() if value and name.startswith(KIND_GROUP)}
    if possible == {OTHER_LAPAROSCOPY, ROBOTIC}:
        possible = {OTHER_LAPAROSCOPY}
    known = [label for label in possible if label in KIND.labels]
    return KIND.labels.index(known[0]) if len(possible) == 1 and known else UNKNOWN


def all_statistics(view: NDArray[np.float16], *, rows_per_pass: int = 16) -> Tensor:
    """view : (N, 192, 7, 7), as `early_view` reads it · returns : (N, 384), of what the tower's last block reads."""
    early = EarlyBlocks(imagenet_backbone(), until=EYES_FIRST_BLOCK)
    parts = (
        torch.from_numpy(np.array(view[start : start + rows_per_pass])) for start in range(0, len(view), rows_per_pass)
    )
    return torch.cat([statistics(early.further(part, until=FIRST_BLOCK)) for part in parts])


def fit_kind_head(
    views: Sequence[Tensor],
    labels: NDArray[np.int64],
    frames: tuple[LabelledFrame, ...],
    rows: NDArray[np.int64],
) -> KindHead:
    """views : each (N, 384), of all frames, the first unaugmented: what is strange is told by that one. Only `rows` are
    learnt from."""
    head, values = KindHead(), views[0]
    inside = np.array([row for row in rows if frames[row].truth.get(INSIDE_LABEL, 0.0) < 0.5])
    head.mean.copy_(values[inside].mean(dim=0))
    head.scale.copy_(values[inside].std(dim=0) + 1e-4)
    standard = [(view - head.mean) / head.scale for view in views]
    _, sizes, directions = torch.linalg.svd(standard[0][inside], full_matrices=False)
    spread = sizes[:NUM_COMPONENTS] / (len(inside) ** 0.5)
    head.components[:, : len(spread)] = directions[:NUM_COMPONENTS].T / spread
    _fit_kinds(head, standard, labels, frames, rows[labels[rows] != UNKNOWN])
    return head.eval()


def _fit_kinds(
    head: KindHead,
    standard: Sequence[Tensor],
    labels: NDArray[np.int64],
    frames: tuple[LabelledFrame, ...],
    rows: NDArray[np.int64],
) -> None:
    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=MAX_ITERATIONS)
    weights = np.tile(_weights(labels[rows], [frames[row] for row in rows]), len(standard))
    together = torch.cat([view[rows] for view in standard]).numpy()
    model.fit(together, np.tile(labels[rows], len(standard)), sample_weight=weights)
    with torch.no_grad():
        head.kinds.weight.zero_()
        head.kinds.bias.fill_(NEVER)
        weight, bias = torch.from_numpy(model.coef_).float(), torch.from_numpy(model.intercept_).float()
        if len(model.classes_) == 2:
            # Of two classes scikit-learn keeps one row: the log-odds of the second.
            weight, bias = torch.cat([-weight, weight]) / 2, torch.cat([-bias, bias]) / 2
        head.kinds.weight[model.classes_] = weight
        head.kinds.bias[model.classes_] = bias


def _weights(labels: NDArray[np.int64], frames: list[LabelledFrame]) -> NDArray[np.float64]:
    """Kinds count alike, inside a kind sources alike, inside a source frames alike; the mean is 1."""
    sources = np.array([f"{frame.folder}/{frame.video}" for frame in frames])
    weights = np.zeros(len(labels))
    for label in np.unique(labels):
        own = np.unique(sources[labels == label])
        for source in own:
            inside = (labels == label) & (sources == source)
            weights[inside] = 1 / (len(own) * inside.sum())
    return np.asarray(weights / weights.mean())
