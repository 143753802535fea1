"""Fits how logits become probabilities, on frames of surgeries that the tower had not seen.

Every setting is chosen by a proper score (log loss), so that a probability means what it says.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from inference.vision.outputs import PHASE, PHASES, columns_of
from inference.vision.phase_order import phase_positions, phase_rates_per_s
from inference.vision.smoothing import Values, gaussian_smooth
from inference.vision.timeline import TimelineHeads, phase_probabilities

SMOOTHING_S = (0.5, 2.0, 4.0, 8.0)
PHASE_SMOOTHING_S = (4.0, 12.0)
PHASE_TEMPERATURES = (0.25, 0.5, 1.0, 2.0, 4.0)
MEAN_STAYS_S = (120.0, 240.0)
# Pulls slope towards 1 and offset towards 0 where a label is rare: Platt's fit on ten positives is otherwise wild.
PLATT_PRIOR = 4.0
SMALLEST_PROBABILITY = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """One surgery as a tower saw it that had not trained on it. logits, truth : (T, C); truth NaN where unknown."""

    video: str
    timestamps_s: Values
    logits: Values
    truth: Values


def fit_timeline_heads(
    surgeries: list[HeldOut], *, names: tuple[str, ...], encoder_id: str, shown: tuple[str, ...] = ()
) -> TimelineHeads:
    """Smoothing, Platt scaling and phase settings that explain these surgeries best."""
    groups = list(dict.fromkeys(name.rpartition("/")[0] for name in names))
    smoothing_s: dict[str, float] = {}
    platt: dict[str, tuple[float, float]] = {}
    for group in groups:
        if group == PHASE.name:
            continue
        columns = columns_of(group, names)
        fits = {sigma: _fit_group(surgeries, columns, sigma) for sigma in SMOOTHING_S}
        best = min(fits, key=lambda sigma: fits[sigma][1])
        smoothing_s[group] = best
        platt.update({names[column]: fit for column, fit in zip(columns, fits[best][0], strict=True)})
    smoothing, temperature, mean_stay_s = best_phase_settings(surgeries, names)
    return TimelineHeads(
        encoder_id=encoder_id,
        smoothing_s=smoothing_s | {PHASE.name: smoothing},
        platt=platt,
        phase_temperature=temperature,
        phase_rates_per_s=_rows(phase_rates_per_s(mean_stay_s)),
        phase_positions=_positions(surgeries, names),
        shown=shown,
    )


def best_phase_settings(surgeries: list[HeldOut], names: tuple[str, ...]) -> tuple[float, float, float]:
    """(smoothing_s, temperature, mean stay_s) with the least mean log loss, each surgery counting alike."""
    labelled = [surgery for surgery in surgeries if _phases(surgery, names)[0].any()]
    grid = product(PHASE_SMOOTHING_S, PHASE_TEMPERATURES, MEAN_STAYS_S)
    return min(
        grid, key=lambda settings: float(np.mean([_phase_loss(one, labelled, names, settings) for one in labelled]))
    )


def _phase_loss(
    surgery: HeldOut, all_labelled: list[HeldOut], names: tuple[str, ...], settings: tuple[float, float, float]
) -> float:
    """Log loss on one surgery, with positions from the others: a surgery must not say where its own phases are."""
    smoothing_s, temperature, mean_stay_s = settings
    others = [other for other in all_labelled if other.video != surgery.video]
    heads = TimelineHeads(
        encoder_id="",
        smoothing_s={PHASE.name: smoothing_s},
        platt={},
        phase_temperature=temperature,
        phase_rates_per_s=_rows(phase_rates_per_s(mean_stay_s)),
        phase_positions=_positions(others, names),
        shown=(),
    )
    known, phases = _phases(surgery, names)
    logits = surgery.logits[:, columns_of(PHASE.name, names)]
    said = phase_probabilities(logits, surgery.timestamps_s, heads=heads)[known]
    return float(-np.log(said[np.arange(len(said)), phases] + SMALLEST_PROBABILITY).mean())


def _phases(surgery: HeldOut, names: tuple[str, ...]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Which frames have a phase : (T,), and those frames' phases."""
    truth = surgery.truth[:, columns_of(PHASE.name, names)]
    known = ~np.isnan(truth).any(axis=1)
    return known, truth[known].argmax(axis=1)


def _positions(surgeries: list[HeldOut], names: tuple[str, ...]) -> tuple[tuple[float, ...], ...]:
    labelled = []
    for surgery in surgeries:
        known, phases = _phases(surgery, names)
        if known.any():
            labelled.append((surgery.timestamps_s[known], phases))
    return _rows(phase_positions(labelled) if labelled else np.full((1, len(PHASES)), 1 / len(PHASES)))


def _rows(values: Values) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(row) for row in values.tolist())


def _fit_group(surgeries: list[HeldOut], columns: list[int], sigma_s: float) -> tuple[list[tuple[float, float]], float]:
    """Platt scaling of each column after smoothing, and the mean log loss it leaves."""
    scores = np.concatenate([gaussian_smooth(one.logits[:, columns], one.timestamps_s, sigma_s) for one in surgeries])
    truth = np.concatenate([one.truth[:, columns] for one in surgeries])
    fits, losses = [], []
    for column_scores, column_truth in zip(scores.T, truth.T, strict=True):
        known = ~np.isnan(column_truth)
        fit, loss = fit_platt(column_scores[known], column_truth[known] > 0.5) if known.any() else ((1.0, 0.0), 0.0)
        fits.append(fit)
        losses.append(loss)
    return fits, float(np.mean(losses))


def fit_platt(scores: Values, truth: NDArray[np.bool_]) -> tuple[tuple[float, float], float]:
    """scores, truth : (N,) · returns (slope, offset) of a sigmoid, slope kept positive, and its mean log loss."""
    from scipy.optimize import minimize

    signs = np.where(truth, 1.0, -1.0)

    def cost(parameters: Values) -> tuple[float, Values]:
        slope, offset = np.exp(parameters[0]), parameters[1]
        margins = signs * (slope * scores + offset)
        pull = -signs / (1 + np.exp(margins))
        gradient = np.array([(pull * scores).sum() * slope, pull.sum()]) + 2 * PLATT_PRIOR * parameters
        return float(np.logaddexp(0, -margins).sum() + PLATT_PRIOR * np.square(parameters).sum()), gradient

    found = minimize(cost, np.zeros(2), jac=True, method="L-BFGS-B", bounds=[(-4, 4), (-12, 12)]).x
    slope, offset = float(np.exp(found[0])), float(found[1])
    return (slope, offset), float(np.logaddexp(0, -signs * (slope * scores + offset)).mean())
