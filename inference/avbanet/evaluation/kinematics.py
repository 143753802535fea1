"""GRS from kinematics on the published splits of JIGSAWS, so that figures stand beside others' (Spearman's rho).

A regression on motion metrics, with and without duration. Beside them duration alone. Small data, simple readers: what
is published with learned video features is 0.66 to 0.80 on the same four folds.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from inference.avbanet.evaluation.kinematic_metrics import metrics
from inference.datasets import jigsaws_kinematics, jigsaws_splits
from inference.datasets.jigsaws_kinematics import KinematicTrial
from inference.datasets.jigsaws_splits import Scheme

Values = NDArray[np.float64]
SCHEMES: tuple[Scheme, ...] = ("4_fold", "louo")
TASKS = ("Suturing", "Needle_Passing", "Knot_Tying")


def evaluate(data: Path) -> dict[str, dict[str, dict[str, float]]]:
    """scheme -> task -> method -> Spearman's rho, the mean over folds of rho and of rho over all (`_pooled`)."""
    trials = {trial.name: trial for trial in jigsaws_kinematics.read(data) if trial.grs is not None}
    described = {name: metrics(trial.values) for name, trial in trials.items()}
    found: dict[str, dict[str, dict[str, float]]] = {}
    for scheme in SCHEMES:
        folds = jigsaws_splits.read(data, scheme)
        found[scheme] = {task: _task(trials, described, folds[task]) for task in TASKS if task in folds}
    return found


def _task(
    trials: dict[str, KinematicTrial], described: dict[str, Values], folds: tuple[tuple[str, ...], ...]
) -> dict[str, float]:
    kept = [[name for name in fold if name in trials] for fold in folds]
    names = [name for fold in kept for name in fold]
    truth = np.array([trials[name].grs for name in names], dtype=np.float64)
    fold_of = np.repeat(np.arange(len(kept)), [len(fold) for fold in kept])
    length = np.log([[trials[name].duration_s] for name in names])
    moves = np.stack([described[name] for name in names])
    rows = {"motion": moves, "motion_and_duration": np.concatenate([moves, length], axis=1), "duration": length}
    said = {name: _left_out(values, truth, fold_of) for name, values in rows.items()}
    result = {name: _mean_rho(values, truth, fold_of) for name, values in said.items()}
    result |= {f"{name}_pooled": float(spearmanr(values, truth).statistic) for name, values in said.items()}
    return {**result, "num_trials": float(len(names))}


def _left_out(values: Values, truth: Values, fold_of: NDArray[np.int64]) -> Values:
    said = np.zeros(len(truth))
    for fold in np.unique(fold_of):
        test = fold_of == fold
        readers = (_ridge(), _gaussian())
        said[test] = np.mean([one.fit(values[~test], truth[~test]).predict(values[test]) for one in readers], axis=0)
    return said


def _ridge() -> Any:
    return make_pipeline(StandardScaler(), RidgeCV(alphas=np.geomspace(1, 1000, 13)))


def _gaussian() -> Any:
    kernel = ConstantKernel(1.0) * RBF(8.0, (2.0, 50.0)) + WhiteKernel(0.5)
    return make_pipeline(StandardScaler(), GaussianProcessRegressor(kernel, normalize_y=True, random_state=0))


def _mean_rho(said: Values, truth: Values, fold_of: NDArray[np.int64]) -> float:
    """Folds in which everybody has one score have no order and do not count."""
    folds = [fold_of == fold for fold in np.unique(fold_of)]
    rhos = [spearmanr(said[one], truth[one]).statistic for one in folds if len(np.unique(truth[one])) > 1]
    return float(np.nanmean(rhos))
