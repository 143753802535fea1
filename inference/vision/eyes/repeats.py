"""Pictures that were there before: a looped clip, a frozen picture. Their order tells no operation."""

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

# Features no further apart than this share of their length count as the same picture, compressed anew and a part of a
# second later. Of a looped clip four in five seconds are that near to an earlier one; of eight whole operations, frames
# 5 s apart or more, fewer than one in ten.
SAME_DISTANCE = 0.38
MIN_GAP_S = 5.0
ROWS_AT_ONCE = 1024


def repeated(features: Tensor, timestamps_s: NDArray[np.float64]) -> NDArray[np.bool_]:
    """features : (T, D), means over patches · returns : (T,), whether a picture at least 5 s earlier is the same."""
    values = features.float()
    squares = values.square().sum(dim=1)
    found = np.zeros(len(values), dtype=bool)
    for start in range(0, len(values), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        distances = squares[rows, None] + squares[None] - 2 * values[rows] @ values.T
        same = (distances <= SAME_DISTANCE**2 * squares[None]).numpy()
        earlier = timestamps_s[rows, None] - timestamps_s[None] >= MIN_GAP_S
        found[rows] = (same & earlier).any(axis=1)
    return found
