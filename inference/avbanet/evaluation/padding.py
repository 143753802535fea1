"""Sequences of several lengths as one tensor; and one sequence scaled by itself."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

SMALLEST_RANGE = 1e-6


def min_max(view: NDArray[np.float32]) -> NDArray[np.float32]:
    """(T, C), each channel of a video from 0 to 1."""
    low, high = view.min(axis=0), view.max(axis=0)
    return np.asarray((view - low) / np.maximum(high - low, SMALLEST_RANGE), dtype=np.float32)


def padded(views: Sequence[NDArray[np.float32]], *, length: int | None = None) -> tuple[Tensor, Tensor]:
    """(T, C) each · returns : (values (B, C, T), zeros after the end; mask (B, 1, T))"""
    longest = length or max(len(view) for view in views)
    values = torch.zeros(len(views), views[0].shape[1], longest)
    mask = torch.zeros(len(views), 1, longest)
    for row, view in enumerate(views):
        values[row, :, : len(view)] = torch.from_numpy(np.ascontiguousarray(view.T))
        mask[row, :, : len(view)] = 1
    return values, mask
