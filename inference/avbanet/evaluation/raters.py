"""How far people disagree who rate such videos: from LASANA's ratings, the band that a score is to be read in.

Intraclass correlation of a single rater for trials rated by different and differing numbers of raters (one-way random
effects, unbalanced; Shrout and Fleiss 1979, Searle 1971). "consistency" is the same once each rater's mean is removed:
how far raters agree on who is better, if not on how good.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.datasets import lasana_ratings
from inference.datasets.lasana_ratings import MAX_GRS, MIN_GRS, RatedTrial

MIN_RATERS = 2
# Of a normal distribution: 95 % of differences to the trial's own mean.
Z_95 = 1.959964

Values = NDArray[np.float64]


def evaluate(data: Path) -> dict[str, dict[str, float]]:
    """task, and "all" -> what the raters' scores say; GRS in points, 4 to 20."""
    trials = lasana_ratings.read(data)
    tasks = sorted({trial.task for trial in trials})
    found = {task: disagreement([trial for trial in trials if trial.task == task]) for task in tasks}
    return {**found, "all": disagreement(trials)}


def disagreement(trials: Sequence[RatedTrial]) -> dict[str, float]:
    """Of trials with two raters or more."""
    rated = [trial.grs for trial in trials if len(trial.grs) >= MIN_RATERS]
    own = [np.array(list(one.values())) for one in rated]
    within = _within_variance(own)
    centred = _without_raters(rated)
    return {
        "num_trials": float(len(own)),
        "num_ratings": float(sum(len(one) for one in own)),
        "icc": icc(own),
        "icc_consistency": icc(centred),
        "icc_mean_of_raters": _of_mean(icc(own), float(np.mean([len(one) for one in own]))),
        "sd_between_raters": float(np.sqrt(within)),
        "band": float(Z_95 * np.sqrt(within)),
        "band_share_of_scale": float(Z_95 * np.sqrt(within) / (MAX_GRS - MIN_GRS)),
        "mean": float(np.mean(np.concatenate(own))),
        "scale_low": MIN_GRS,
        "scale_high": MAX_GRS,
    }


def icc(rated: Sequence[Values]) -> float:
    """One array of ratings a trial, two or more each · returns : ICC(1), at most 1; below 0 where nothing is shared."""
    counts = np.array([len(one) for one in rated], dtype=np.float64)
    total, num = counts.sum(), len(rated)
    means = np.array([one.mean() for one in rated])
    grand = float((counts * means).sum() / total)
    between = float((counts * (means - grand) ** 2).sum() / (num - 1))
    within = _within_variance(rated)
    typical = float((total - (counts**2).sum() / total) / (num - 1))
    return (between - within) / (between + (typical - 1) * within)


def _within_variance(rated: Sequence[Values]) -> float:
    freedom = sum(len(one) - 1 for one in rated)
    return float(sum(((one - one.mean()) ** 2).sum() for one in rated) / freedom)


def _without_raters(rated: Sequence[Mapping[int, float]]) -> list[Values]:
    raters = sorted({rater for one in rated for rater in one})
    means = {rater: float(np.mean([one[rater] for one in rated if rater in one])) for rater in raters}
    return [np.array([score - means[rater] for rater, score in one.items()]) for one in rated]


def _of_mean(single: float, num_raters: float) -> float:
    """Spearman and Brown: of the mean of so many raters."""
    return num_raters * single / (1 + (num_raters - 1) * single)
