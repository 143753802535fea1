"""The course of an operation: what frames say of the phase, what readers of the whole recording say, and the order in
which phases follow one another (`phase_order`, which knows no place in the file).

Frames alone are right more often in a clip of half a minute than readers that were made for whole operations, and less
often in a whole one: both are evidence. How much each counts is not chosen: eight recordings are too few to choose by,
so the courses that several weights give are averaged.
"""

from itertools import product

import numpy as np

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
# By what frames' log-probabilities are divided, and with what those of readers are multiplied.
FRAME_TEMPERATURES = (3.0, 5.0, 8.0, 12.0)
READER_SHARES = (0.05, 0.2)
# A recording this short is a clip.
CLIP_S = 32.0


def phase_course(logits: Values, read: Values, timestamps_s: Values, settings: EyesSettings) -> Values:
    """logits : (T, 7) of the frames · read : (T, 7), the readers' probabilities · returns : (T, 7), rows sum to 1."""
    posterior = decoded(logits, read, timestamps_s)
    return sharpened(posterior, confidence_of(float(timestamps_s[-1] - timestamps_s[0]), settings))


def decoded(logits: Values, read: Values, timestamps_s: Values) -> Values:
    """The same before it is sharpened. Works on cells: frames that lie closer count no more."""
    num_phases = len(PHASES)
    cells = cells_of(np.concatenate([logits, read], axis=1), timestamps_s)
    middles_s = np.arange(len(cells), dtype=np.float64) * CELL_S + CELL_S / 2
    smooth = gaussian_smooth(cells[:, :num_phases], middles_s, SMOOTHING_S)
    frames = smooth - np.logaddexp.reduce(smooth, axis=1, keepdims=True)
    readers = np.log(cells[:, num_phases:] + SMALLEST_READ)
    rates_per_s = phase_rates_per_s(MEAN_STAY_S)
    courses = [
        forward_backward(frames / temperature + share * readers, middles_s, rates_per_s)
        for temperature, share in product(FRAME_TEMPERATURES, READER_SHARES)
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
