"""How the phases of a cholecystectomy follow one another, and where in a whole operation each is to be expected.

The order is that of the Cholec80 definition (Twinanda et al. 2017, arXiv 1602.03012): preparation, Calot triangle
dissection, clipping and cutting, gallbladder dissection, then packaging and cleaning in either order, extraction.
Shares are round numbers chosen by hand, not fitted to any surgery; only the mean stay is a setting. Positions come from
the training surgeries and are used for recordings long enough to be a whole operation: a clip may be from anywhere.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inference.vision.outputs import PHASES

# from -> to: share of the leavings. Phases are numbered as in PHASES.
NEXT_SHARES = {
    (0, 1): 1.0,
    (1, 2): 1.0,
    (2, 3): 1.0,
    (3, 4): 0.6,
    (3, 5): 0.4,
    (4, 5): 0.5,
    (4, 6): 0.5,
    (5, 4): 0.4,
    (5, 6): 0.4,
    (5, 3): 0.2,
    (6, 5): 1.0,
}
# Now and then a surgeon goes one phase back, and a video may be cut from anywhere.
BACK_SHARE = 0.07
ANYWHERE_SHARE = 0.01
# Once the cystic duct is cut, Calot's triangle is not dissected again and nothing is clipped for the first time: only a
# video put together out of order leads back.
FIRST_AFTER_CUT = 3
OVER_THE_CUT_SHARE = 1e-6
WHOLE_OPERATION_S = 600.0
NUM_POSITIONS = 50
POSITION_SPREAD = 0.05
# No place in an operation rules a phase out.
UNIFORM_SHARE = 0.1


def phase_rates_per_s(mean_stay_s: float, *, is_cut_once: bool = False) -> NDArray[np.float64]:
    """`is_cut_once` : whether nothing leads back over the cut; the tower's own heads were fitted without.

    returns : (S, S), how often a second one phase turns into another; the diagonal is zero."""
    num_phases = len(PHASES)
    shares = np.full((num_phases, num_phases), ANYWHERE_SHARE)
    shares[np.arange(1, num_phases), np.arange(num_phases - 1)] += BACK_SHARE
    for (start, end), share in NEXT_SHARES.items():
        shares[start, end] += share
    if is_cut_once:
        shares[FIRST_AFTER_CUT:, :FIRST_AFTER_CUT] = OVER_THE_CUT_SHARE
    np.fill_diagonal(shares, 0.0)
    return np.asarray(shares / mean_stay_s)


def phase_positions(surgeries: Sequence[tuple[NDArray[np.float64], NDArray[np.int64]]]) -> NDArray[np.float64]:
    """Each surgery is (timestamps_s, phases) of its labelled frames, by time, to the end of the recording.

    returns : (NUM_POSITIONS, S), at each share of the operation how likely each phase is; rows sum to 1.
    """
    grid = (np.arange(NUM_POSITIONS) + 0.5) / NUM_POSITIONS
    counts = np.zeros((NUM_POSITIONS, len(PHASES)))
    for timestamps_s, phases in surgeries:
        latest = np.searchsorted(timestamps_s / timestamps_s[-1], grid, side="right") - 1
        counts[np.arange(NUM_POSITIONS), phases[np.maximum(latest, 0)]] += 1
    kernel = np.exp(-0.5 * ((grid[:, None] - grid[None]) / POSITION_SPREAD) ** 2)
    spread = kernel @ counts
    likely = spread / spread.sum(axis=1, keepdims=True)
    return np.asarray((1 - UNIFORM_SHARE) * likely + UNIFORM_SHARE / len(PHASES))


def is_whole_operation(timestamps_s: NDArray[np.float64]) -> bool:
    return len(timestamps_s) > 0 and float(timestamps_s[-1]) >= WHOLE_OPERATION_S


def position_evidence(timestamps_s: NDArray[np.float64], positions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-likelihood of each phase at each time of a whole operation : (T, S)."""
    rows = np.minimum((timestamps_s / timestamps_s[-1] * len(positions)).astype(int), len(positions) - 1)
    return np.asarray(np.log(positions[rows]))
