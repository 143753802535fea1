"""How well the branch's patches say where anatomy lies, beside a guess by place: intersection over union with masks.

Each operation is judged by a branch that has not seen it; the threshold of each structure, and the place where it
usually lies, are of the other folds' frames.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from inference.datasets.endoscapes import ANATOMY, read_mask
from inference.datasets.frames import LabelledFrame
from inference.datasets.operations import NUM_FOLDS
from inference.vision.backbone import GRID_SIZE
from inference.vision.eyes.branch import EyesBranch
from inference.vision.outputs import ANATOMY as ANATOMY_GROUP
from inference.vision.outputs import EYES_NAMES, columns_of
from inference.vision.training.eyes_data import EyesData

Values = NDArray[np.float32]

# Masks and scores are compared on this grid.
SIZE_PX = 112
NUM_THRESHOLDS = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Frames with masks. scores : (N, 112, 112, C), of a branch that had not seen the operation · masks : the same,
    whether the structure is there · operations, folds : (N,)"""

    scores: Values
    masks: NDArray[np.bool_]
    operations: NDArray[np.str_]
    folds: NDArray[np.int64]


def drawn_frames(data: EyesData, branch_of: Callable[[int], EyesBranch]) -> Drawn | None:
    """`branch_of` : of a fold, the branch that has not seen it. None where nobody drew a mask."""
    rows = [row for row, frame in enumerate(data.frames) if frame.mask_path is not None and data.fold(row) is not None]
    if not rows:
        return None
    folds = np.array([data.fold(row) for row in rows])
    scores = np.zeros((len(rows), SIZE_PX, SIZE_PX, len(ANATOMY)), np.float32)
    for fold in np.unique(folds):
        own = np.flatnonzero(folds == fold)
        scores[own] = _scores(branch_of(int(fold)), data.views[0][np.array(rows)[own]])
    return Drawn(
        scores=scores,
        masks=np.stack([_mask(data.frames[row]) for row in rows]),
        operations=np.array([data.frames[row].origin.name for row in rows]),
        folds=folds,
    )


def mask_figures(drawn: Drawn) -> Mapping[str, float]:
    """ "mask_iou/LABEL" and "mask_iou_by_place/LABEL", means over operations that show the structure; "mask_iou" and
    "mask_iou_by_place" are their means over structures."""
    by_branch = _held_out_iou(drawn, lambda _: drawn.scores)
    by_place = _held_out_iou(drawn, lambda others: np.broadcast_to(drawn.masks[others].mean(axis=0), drawn.masks.shape))
    found: dict[str, float] = {"mask_iou": float(np.mean(by_branch)), "mask_iou_by_place": float(np.mean(by_place))}
    for label, said, placed in zip(ANATOMY, by_branch, by_place, strict=True):
        found |= {f"mask_iou/{label}": said, f"mask_iou_by_place/{label}": placed}
    return found


def _scores(branch: EyesBranch, view: NDArray[np.float16]) -> Values:
    """view : (N, 192, 7, 7) · returns : (N, 112, 112, C), between cells interpolated"""
    columns = columns_of(ANATOMY_GROUP.name, EYES_NAMES)
    found = []
    with torch.inference_mode():
        for one in np.array(view, dtype=np.float32):
            _, scores = branch.heads.with_scores(branch.patches(torch.from_numpy(one)[None]))
            grid = scores[0, :, columns].reshape(GRID_SIZE, GRID_SIZE, len(columns)).numpy()
            found.append(cv2.resize(grid, (SIZE_PX, SIZE_PX), interpolation=cv2.INTER_LINEAR))
    return np.stack(found)


def _mask(frame: LabelledFrame) -> NDArray[np.bool_]:
    """returns : (112, 112, C)"""
    assert frame.mask_path is not None
    mask = cv2.resize(read_mask(frame.mask_path), (SIZE_PX, SIZE_PX), interpolation=cv2.INTER_NEAREST)
    return np.stack([mask == index for index in range(1, len(ANATOMY) + 1)], axis=2)


def _held_out_iou(drawn: Drawn, scores_of: Callable[[NDArray[np.bool_]], NDArray[np.floating]]) -> list[float]:
    """`scores_of` : (N, 112, 112, C), given which frames are of the other folds · returns one figure a structure"""
    said = np.zeros_like(drawn.masks)
    for fold in range(NUM_FOLDS):
        own, others = drawn.folds == fold, drawn.folds != fold
        if not own.any() or not others.any():
            continue
        scores = scores_of(others)
        for column in range(len(ANATOMY)):
            threshold = _best_threshold(scores[others][..., column], drawn.masks[others][..., column])
            said[own, ..., column] = scores[own][..., column] >= threshold
    return [_mean_iou(drawn, said, column) for column in range(len(ANATOMY))]


def _best_threshold(scores: NDArray[np.floating], masks: NDArray[np.bool_]) -> float:
    candidates = np.quantile(scores, np.linspace(0.5, 0.998, NUM_THRESHOLDS))
    return float(max(candidates, key=lambda candidate: _iou(scores >= candidate, masks)))


def _iou(said: NDArray[np.bool_], masks: NDArray[np.bool_]) -> float:
    return float((said & masks).sum() / max(int((said | masks).sum()), 1))


def _mean_iou(drawn: Drawn, said: NDArray[np.bool_], column: int) -> float:
    """All pixels of an operation together; operations alike."""
    each: Sequence[float] = [
        _iou(said[own][..., column], drawn.masks[own][..., column])
        for own in (drawn.operations == name for name in np.unique(drawn.operations))
        if drawn.masks[own][..., column].any()
    ]
    return float(np.mean(each)) if each else float("nan")
