"""How the simulator heads' logits become probabilities: fitted by log loss on validation videos."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inference.vision.outputs import SIMULATED_INSTRUMENT, SIMULATED_PHASE, SIMULATED_TASK, TIMELINE_GESTURE, columns_of
from inference.vision.simulated.heads import READ_NAMES, Calibration, softmax
from inference.vision.smoothing import Values
from inference.vision.training.calibrate import fit_platt
from inference.vision.training.simulator_targets import UNKNOWN, Targets, joined

TEMPERATURES = tuple(float(value) for value in np.geomspace(0.25, 4.0, 33).round(4))
SMALLEST_PROBABILITY = 1e-6
UNCALIBRATED = Calibration(
    temperature={group.name: 1.0 for group in (SIMULATED_TASK, TIMELINE_GESTURE, SIMULATED_PHASE)},
    platt=dict.fromkeys(SIMULATED_INSTRUMENT.output_names, (1.0, 0.0)),
)


def fit_calibration(logits: Sequence[Values], targets: Sequence[Targets]) -> Calibration:
    """logits : (T, C) of each video"""
    said, truth = np.concatenate(logits), joined(targets)
    labels = {SIMULATED_TASK: truth.task, TIMELINE_GESTURE: truth.gesture, SIMULATED_PHASE: truth.phase}
    instruments = zip(
        SIMULATED_INSTRUMENT.output_names,
        said[:, columns_of(SIMULATED_INSTRUMENT.name, READ_NAMES)].T,
        truth.instruments.numpy().T > 0.5,
        strict=True,
    )
    return Calibration(
        temperature={
            group.name: _temperature(said[:, columns_of(group.name, READ_NAMES)], known.numpy())
            for group, known in labels.items()
        },
        platt={name: fit_platt(scores, is_seen)[0] for name, scores, is_seen in instruments},
    )


def _temperature(logits: Values, labels: NDArray[np.int64]) -> float:
    known = labels != UNKNOWN
    return min(TEMPERATURES, key=lambda heat: _log_loss(softmax(logits[known] / heat), labels[known]))


def _log_loss(probabilities: Values, labels: NDArray[np.int64]) -> float:
    return float(-np.log(probabilities[np.arange(len(labels)), labels] + SMALLEST_PROBABILITY).mean())
