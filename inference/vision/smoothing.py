"""From what single frames say to what holds over time.

Works on frames that lie on a regular grid (a store) and on frames with gaps (the labelled ones of a data set): every
function takes the frames' timestamps.
"""

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
# Widths of `scales_smooth`, as multiples of the narrowest.
SCALES = (1.0, 4.0, 16.0)


def gaussian_smooth(values: Values, timestamps_s: Values, sigma_s: float) -> Values:
    """values : (T, C) · returns : (T, C), each row the mean of its neighbours weighted by their distance in time.

    Timestamps must rise. Memory is that of one row's neighbourhood (4 sigma), so hours of video are no problem.
    """
    if sigma_s <= 0:
        return values.copy()
    smoothed = np.empty_like(values)
    firsts = np.searchsorted(timestamps_s, timestamps_s - 4 * sigma_s)
    lasts = np.searchsorted(timestamps_s, timestamps_s + 4 * sigma_s, side="right")
    for row, (first, last) in enumerate(zip(firsts, lasts, strict=True)):
        weights = np.exp(-0.5 * ((timestamps_s[first:last] - timestamps_s[row]) / sigma_s) ** 2)
        smoothed[row] = weights @ values[first:last] / weights.sum()
    return smoothed


def scales_smooth(values: Values, timestamps_s: Values, sigma_s: float) -> Values:
    """The mean of what `gaussian_smooth` gives over `sigma_s` and over SCALES times that : (T, C)

    Near neighbours count most and far ones still count: what a surgeon holds is held for seconds or for minutes.
    """
    if sigma_s <= 0:
        return values.copy()
    return np.asarray(np.mean([gaussian_smooth(values, timestamps_s, sigma_s * scale) for scale in SCALES], axis=0))


def forward_backward(log_evidence: Values, timestamps_s: Values, rates_per_s: Values) -> Values:
    """Posterior of a hidden state that changes at random times.

    log_evidence : (T, S), log-likelihood of each state at each frame · rates_per_s : (S, S), how often a second a
    state turns into another (diagonal ignored) · returns : (T, S), rows sum to 1. A uniform start is assumed.
    """
    num_frames, num_states = log_evidence.shape
    evidence = np.exp(log_evidence - log_evidence.max(axis=1, keepdims=True)) + 1e-12
    gaps_s = np.diff(timestamps_s)
    # Frames lie a second or a few apart: only a handful of different gaps need a matrix exponential.
    by_gap = {gap_s: _transition(rates_per_s, gap_s) for gap_s in np.unique(gaps_s)}
    steps = [by_gap[gap_s] for gap_s in gaps_s]
    forward = np.empty((num_frames, num_states))
    state = np.full(num_states, 1 / num_states)
    for row in range(num_frames):
        state = (state if row == 0 else state @ steps[row - 1]) * evidence[row]
        state = state / state.sum()
        forward[row] = state
    backward = np.ones(num_states)
    posterior = forward.copy()
    for row in range(num_frames - 2, -1, -1):
        backward = steps[row] @ (backward * evidence[row + 1])
        backward = backward / backward.sum()
        posterior[row] *= backward
    return np.asarray(posterior / posterior.sum(axis=1, keepdims=True))


def _transition(rates_per_s: Values, gap_s: float) -> Values:
    """State change probabilities over a gap : (S, S), the matrix exponential of the rates."""
    from scipy.linalg import expm

    generator = rates_per_s.copy()
    np.fill_diagonal(generator, 0.0)
    np.fill_diagonal(generator, -generator.sum(axis=1))
    return np.asarray(expm(generator * gap_s))


def runs_of(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where a boolean row is true: [first, last) pairs."""
    padded = np.concatenate([[False], mask, [False]]).astype(np.int8)
    changes = np.flatnonzero(np.diff(padded))
    return [(int(first), int(last)) for first, last in changes.reshape(-1, 2)]


def keep_with_hysteresis(probability: Values, *, on: float, off: float) -> NDArray[np.bool_]:
    """True where probability stays above `off` around a place where it reaches `on`: no flicker at one threshold."""
    mask = np.zeros(len(probability), dtype=bool)
    for first, last in runs_of(probability >= off):
        mask[first:last] = bool((probability[first:last] >= on).any())
    return mask
