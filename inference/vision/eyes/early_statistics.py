"""Mean and spread of the early channels: what heads read that need not know where in the picture something is."""

import torch
from torch import Tensor

from inference.vision.backbone import EARLY_CHANNELS

NUM_STATISTICS = 2 * EARLY_CHANNELS


def statistics(hidden: Tensor) -> Tensor:
    """Mean and spread of each channel over the picture : (B, 384)"""
    values = hidden.float()
    return torch.cat([values.mean(dim=(2, 3)), values.std(dim=(2, 3))], dim=1)
