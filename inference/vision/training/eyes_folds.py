"""What the eyes say of every frame when they have not seen its operation: five folds, shared by all data sets.

A fold's branch and what it says are kept in `work` under a name made of all they depend on: pictures, truth,
augmentation, loss weights and options.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor

from inference.datasets.operations import NUM_FOLDS
from inference.lab.recipe import kept, recipe_key
from inference.progress import ProgressCallback, ignore_progress
from inference.vision.backbone import imagenet_backbone, imagenet_weights_path
from inference.vision.eyes.branch import EyesBranch
from inference.vision.eyes.early_head import COLUMNS, EarlyHead
from inference.vision.eyes.eyes import ROW_NAMES
from inference.vision.eyes.kind_head import KindHead
from inference.vision.outputs import EYES_NAMES
from inference.vision.training.early_fit import fit_early_head
from inference.vision.training.early_views import AUGMENT
from inference.vision.training.eyes_data import EyesData
from inference.vision.training.eyes_fit import LOSS_WEIGHTS, SET_SHARES, EyesFitOptions, branch_logits, fit_branch
from inference.vision.training.kind_fit import INVERSE_PENALTY, all_statistics, fit_kind_head, kind_labels

# A linear head learns no more from further views.
NUM_KIND_VIEWS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class KindData:
    """statistics : each (N, 384), of a view · labels : (N,), index into KIND.labels or -1."""

    statistics: tuple[Tensor, ...]
    labels: NDArray[np.int64]


def kind_data(data: EyesData) -> KindData:
    views = data.views[:NUM_KIND_VIEWS]
    return KindData(statistics=tuple(all_statistics(view) for view in views), labels=kind_labels(data.frames))


def fold_kind_head(data: EyesData, kinds: KindData, fold: int | None) -> KindHead:
    return fit_kind_head(kinds.statistics, kinds.labels, data.frames, data.allowed_rows(fold))


def fold_early_head(data: EyesData, kinds: KindData, fold: int | None) -> EarlyHead:
    return fit_early_head(kinds.statistics, data.truth, data.allowed_rows(fold))


def out_of_fold_rows(
    data: EyesData,
    kinds: KindData,
    options: EyesFitOptions,
    work: Path,
    on_progress: ProgressCallback = ignore_progress,
) -> NDArray[np.float64]:
    """returns : (N, C), columns ROW_NAMES; NaN for frames whose operation nobody knows. Kept in `work`."""
    rows = np.full((len(data.frames), len(ROW_NAMES)), np.nan)
    for fold in range(NUM_FOLDS):
        judged = data.judged_rows(fold)
        rows[np.ix_(judged, np.arange(len(EYES_NAMES)))] = _branch_rows(data, fold, options, work, on_progress)
        head = fold_kind_head(data, kinds, fold)
        values = kinds.statistics[0][judged]
        rows[judged, len(EYES_NAMES) :] = head.of_statistics(values).detach().numpy()
        early = fold_early_head(data, kinds, fold)
        rows[np.ix_(judged, np.array(COLUMNS))] += early(values).detach().numpy()
    return rows


def _branch_rows(
    data: EyesData, fold: int, options: EyesFitOptions, work: Path, on_progress: ProgressCallback
) -> NDArray[np.float32]:
    """returns : (J, C) of the fold's judged rows, columns EYES_NAMES"""
    path = work / f"eyes-fold{fold}-{branch_key(data, options)}.npy"

    def write(part: Path) -> None:
        branch = kept_branch(data, fold, options, work, on_progress)
        np.save(part, branch_logits(branch, data.views[0][data.judged_rows(fold)]))

    found: NDArray[np.float32] = np.load(kept(path, write))
    return found


def kept_branch(
    data: EyesData,
    held_out_fold: int | None,
    options: EyesFitOptions,
    work: Path,
    on_progress: ProgressCallback = ignore_progress,
) -> EyesBranch:
    """Trained without a fold, or on everything where none is held out. Kept in `work`, as the folds' outputs are."""
    name = "whole" if held_out_fold is None else f"fold{held_out_fold}"
    path = work / f"eyes-{name}-{branch_key(data, options)}.safetensors"

    def write(part: Path) -> None:
        branch = fit_branch(data, data.training_rows(held_out_fold), options, on_progress)
        save_file({key: value.contiguous() for key, value in branch.state_dict().items()}, part)

    found = EyesBranch(imagenet_backbone(), EYES_NAMES)
    found.load_state_dict(load_file(kept(path, write)))
    return found.eval()


def branch_key(data: EyesData, options: EyesFitOptions) -> str:
    """Of everything a fold's branch depends on."""
    origins = [(frame.folder, frame.video, frame.path.name) for frame in data.frames]
    constants = [LOSS_WEIGHTS, SET_SHARES, asdict(AUGMENT), INVERSE_PENALTY, EYES_NAMES]
    return recipe_key(
        [asdict(options), constants, origins],
        files=[imagenet_weights_path()],
        arrays=[
            np.nan_to_num(data.truth, nan=-1),
            np.nan_to_num(data.cells.of_views[0], nan=-1),
            *(view[:, ::16, 3, 3] for view in data.views),
        ],
    )
