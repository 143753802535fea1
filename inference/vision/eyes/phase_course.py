"""The course of an operation: what frames say of the phase, what readers of the whole recording say, where a clip
applier is seen, and the order in which phases follow one another (`phase_order`, which knows no place in the file).

Frames alone are right more often in a clip of half a minute than readers that were made for whole operations, and less
often in a whole one: both are evidence, and `phase_evidence` says what of it is worth how much in a recording of some
length. How much each witness counts is not chosen: eight recordings are too few to choose by, so the courses that
several weights give are averaged.
"""

from itertools import product

import numpy as np

from inference.vision.eyes.phase_evidence import (
    CLIP_S,
    EVIDENCE_COLUMNS,
    applier_evidence,
    frame_worth,
    less_constant,
    look_worth,
)
from inference.vision.eyes.phase_reader import CELL_S, cells_of
from inference.vision.eyes.settings import EyesSettings
from inference.vision.outputs import PHASES
from inference.vision.phase_order import WHOLE_OPERATION_S, phase_rates_per_s
from inference.vision.smoothing import Values, forward_backward, gaussian_smooth

# Set by hand: some minutes are an ordinary phase, and a few seconds bridge a bad frame.
MEAN_STAY_S = 240.0
SMOOTHING_S = 4.0
SMALLEST_READ = 1e-3
SMALLEST = 1e-6
# By what frames' log-probabilities are divided, and with what those of readers and of the applier are multiplied.
FRAME_TEMPERATURES = (3.0, 5.0, 8.0, 12.0)
READER_SHARES = (0.05, 0.2)
APPLIER_SHARES = (0.1, 0.2)


def phase_course(rows: Values, read: Values, timestamps_s: Values, settings: EyesSettings) -> Values:
    """rows : (T, C) of the frames, the first columns EYES_NAMES · read : (T, 7), the readers' probabilities ·
    returns : (T, 7), rows sum to 1."""
    posterior = decoded(rows, read, timestamps_s)
    return sharpened(posterior, confidence_of(float(timestamps_s[-1] - timestamps_s[0]), settings))


def decoded(rows: Values, read: Values, timestamps_s: Values) -> Values:
    """The same before it is sharpened. Works on cells: frames that lie closer count no more."""
    num_phases = len(PHASES)
    cells = cells_of(np.concatenate([rows[:, EVIDENCE_COLUMNS], read], axis=1), timestamps_s)
    middles_s = np.arange(len(cells), dtype=np.float64) * CELL_S + CELL_S / 2
    duration_s = len(cells) * CELL_S
    smooth = gaussian_smooth(cells[:, :-num_phases], middles_s, SMOOTHING_S)
    said = smooth[:, :num_phases]
    applier = 1 / (1 + np.exp(-smooth[:, num_phases]))
    look = look_worth(applier, duration_s)
    frames = less_constant(said - np.logaddexp.reduce(said, axis=1, keepdims=True), look)
    readers = less_constant(np.log(cells[:, -num_phases:] + SMALLEST_READ), look)
    clipping = applier_evidence(applier)
    rates_per_s, worth = phase_rates_per_s(MEAN_STAY_S, is_cut_once=True), frame_worth(duration_s)
    courses = [
        forward_backward(worth * (frames / temperature + share * readers) + seen * clipping, middles_s, rates_per_s)
        for temperature, share, seen in product(FRAME_TEMPERATURES, READER_SHARES, APPLIER_SHARES)
    ]
    since_first_s = timestamps_s - timestamps_s[0]
    mean = np.mean(courses, axis=0)
    return np.stack([np.interp(since_first_s, middles_s, column) for column in mean.T], axis=1)


def confidence_of(duration_s: float, settings: EyesSettings) -> float:
    """Between that of clips and that of whole operations, by the logarithm of the length."""
    length = np.log(max(duration_s, 1.0) / CLIP_S) / np.log(WHOLE_OPERATION_S / CLIP_S)
    share = float(np.clip(length, 0.0, 1.0))
    return (1 - share) * settings.clip_confidence + share * settings.phase_confidence


def sharpened(posterior: Values, power: float) -> Values:
    """Rows raised to a power and made to sum to 1 again."""
    raised = np.maximum(posterior, SMALLEST) ** power
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
