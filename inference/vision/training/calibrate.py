"""Fits how logits become probabilities, on frames of surgeries that the tower had not seen.

Probabilities are fitted by a proper score (log loss), so that they mean what they say; what only decides which phase is
the likeliest is chosen by accuracy.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from inference.vision.outputs import PHASE, PHASES, columns_of
from inference.vision.phase_order import phase_positions, phase_rates_per_s, position_evidence
from inference.vision.smoothing import Values, forward_backward, gaussian_smooth
from inference.vision.timeline import PhaseSettings, TimelineHeads, sharpened
from inference.vision.training.dataset import HeldOut

SMOOTHING_S = (0.5, 2.0, 4.0, 8.0)
PHASE_TEMPERATURES = (0.5, 1.0, 2.0, 4.0, 8.0)
PHASE_CONFIDENCES = (0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0)
# Set by hand: a few seconds bridge a bad frame, a few minutes are an ordinary phase.
PHASE_SMOOTHING_S = 4.0
MEAN_STAY_S = 240.0
CLIP_S = 60.0
# Pulls slope towards 1 and offset towards 0 where a label is rare: Platt's fit on ten positives is otherwise wild.
PLATT_PRIOR = 4.0
SMALLEST_PROBABILITY = 1e-3


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
        fits = {sigma: fit_group(surgeries, columns, sigma) for sigma in SMOOTHING_S}
        best = min(fits, key=lambda sigma: fits[sigma][1])
        smoothing_s[group] = best
        platt.update({names[column]: fit for column, fit in zip(columns, fits[best][0], strict=True)})
    return TimelineHeads(
        encoder_id=encoder_id,
        smoothing_s=smoothing_s | {PHASE.name: PHASE_SMOOTHING_S},
        platt=platt,
        phase=_fit_phase(surgeries, names, _decode_operation),
        clip_phase=_fit_phase(surgeries, names, _decode_clips),
        phase_rates_per_s=_rows(phase_rates_per_s(MEAN_STAY_S)),
        phase_positions=_positions(surgeries, names),
        shown=shown,
    )


Smooth = Callable[[Values, Values, float], Values]
Decode = Callable[[HeldOut, list[HeldOut], tuple[str, ...], float], Values]


def _fit_phase(surgeries: list[HeldOut], names: tuple[str, ...], decode: Decode) -> PhaseSettings:
    """Temperature by accuracy, then confidence by log loss; each surgery counts alike."""
    labelled = [surgery for surgery in surgeries if _phases(surgery, names)[0].any()]
    if not labelled:
        return PhaseSettings(temperature=1.0, confidence=1.0)
    decoded = {heat: [decode(one, labelled, names, heat) for one in labelled] for heat in PHASE_TEMPERATURES}

    def accuracy_at(heat: float) -> float:
        return float(np.mean([_accuracy(said, one, names) for said, one in zip(decoded[heat], labelled, strict=True)]))

    temperature = max(PHASE_TEMPERATURES, key=accuracy_at)

    def loss_at(power: float) -> float:
        pairs = zip(decoded[temperature], labelled, strict=True)
        return float(np.mean([_log_loss(sharpened(said, power), one, names) for said, one in pairs]))

    return PhaseSettings(temperature=temperature, confidence=min(PHASE_CONFIDENCES, key=loss_at))


def _decode_operation(surgery: HeldOut, labelled: list[HeldOut], names: tuple[str, ...], temperature: float) -> Values:
    """With positions from the others: a surgery must not say where its own phases are."""
    others = [other for other in labelled if other.video != surgery.video]
    evidence = _phase_evidence(surgery, names)
    evidence = evidence + position_evidence(surgery.timestamps_s, np.array(_positions(others, names)))
    return forward_backward(evidence / temperature, surgery.timestamps_s, phase_rates_per_s(MEAN_STAY_S))


def _decode_clips(surgery: HeldOut, _labelled: list[HeldOut], names: tuple[str, ...], temperature: float) -> Values:
    """As if the surgery had been cut into clips, each judged by itself."""
    clips = np.floor(surgery.timestamps_s / CLIP_S)
    evidence = _phase_evidence(surgery, names) / temperature
    rates_per_s = phase_rates_per_s(MEAN_STAY_S)
    parts = [
        forward_backward(evidence[clips == clip], surgery.timestamps_s[clips == clip], rates_per_s)
        for clip in np.unique(clips)
    ]
    return np.concatenate(parts)


def _accuracy(said: Values, surgery: HeldOut, names: tuple[str, ...]) -> float:
    known, phases = _phases(surgery, names)
    return float(np.mean(said[known].argmax(axis=1) == phases))


def _phase_evidence(surgery: HeldOut, names: tuple[str, ...]) -> Values:
    return gaussian_smooth(surgery.logits[:, columns_of(PHASE.name, names)], surgery.timestamps_s, PHASE_SMOOTHING_S)


def _log_loss(said: Values, surgery: HeldOut, names: tuple[str, ...]) -> float:
    known, phases = _phases(surgery, names)
    return float(-np.log(said[known][np.arange(len(phases)), phases] + SMALLEST_PROBABILITY).mean())


def _phases(surgery: HeldOut, names: tuple[str, ...]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Which frames have a phase : (T,), and those frames' phases."""
    truth = surgery.truth[:, columns_of(PHASE.name, names)]
    known = np.asarray(~np.isnan(truth).any(axis=1))
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


def fit_group(
    surgeries: list[HeldOut], columns: list[int], sigma_s: float, *, smooth: Smooth = gaussian_smooth
) -> tuple[list[tuple[float, float]], float]:
    """Platt scaling of each column after smoothing, and the mean log loss it leaves."""
    scores = np.concatenate([smooth(one.logits[:, columns], one.timestamps_s, sigma_s) for one in surgeries])
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
