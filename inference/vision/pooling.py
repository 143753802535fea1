"""Spatio-temporal pooling as in Video-ChatGPT: what stands for a stretch of video in the language model.

Temporal tokens are means over the patches of a frame, spatial tokens are means over the frames at a patch.
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class VisualTokens:
    """temporal : (at most num_temporal, D) · spatial : (N, D); float32. `concatenated` puts temporal first."""

    temporal: Tensor
    spatial: Tensor

    def concatenated(self) -> Tensor:
        """returns : (L, D), L = temporal rows + N, in the order of Video-ChatGPT."""
        return torch.cat([self.temporal, self.spatial])


def spatio_temporal_pool(patches: Tensor, *, num_temporal: int) -> VisualTokens:
    """patches : (T, N, D) · returns the tokens of these T frames, all computed directly."""
    patches = patches.float()
    return VisualTokens(temporal=group_means(patches.mean(dim=1), num_temporal), spatial=patches.mean(dim=0))


def group_means(frame_features: Tensor, num_groups: int) -> Tensor:
    """frame_features : (T, D) · returns : (min(T, num_groups), D): means over equal runs of consecutive frames.

    With T <= num_groups each frame stands for itself.
    """
    if num_groups < 1:
        raise ValueError(f"num_groups must be at least 1, not {num_groups}")
    num_frames = len(frame_features)
    if num_frames <= num_groups:
        return frame_features.float()
    borders = [round(index * num_frames / num_groups) for index in range(num_groups + 1)]
    runs = pairwise(borders)
    return torch.stack([frame_features[start:end].float().mean(dim=0) for start, end in runs])
