"""Which kind of video a frame is from, how it looks, and how strange that is: how far from every training frame.

All are read off what the tower's last block reads, from blocks that stay as ImageNet left them: mean and spread of each
channel. There a street, a slide and a test picture lie far from the inside of a body, although nothing was trained on
them.
"""

import torch
from torch import Tensor, nn

from inference.vision.eyes.early_statistics import NUM_STATISTICS, statistics
from inference.vision.outputs import KIND

NUM_COMPONENTS = 128
# Of the components, so many are also told as they are: how a frame looks, for whoever reads a whole recording.
NUM_LOOKS = 64


class KindHead(nn.Module):
    """hidden (B, 192, 7, 7) -> (B, K + 1 + 64): logits of the kinds, strangeness, looks.

    mean, scale : (384,) of the statistics · components : (384, 128), along which training frames have variance 1;
    strangeness is the log of the mean square along them.
    """

    mean: Tensor
    scale: Tensor
    components: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(NUM_STATISTICS))
        self.register_buffer("scale", torch.ones(NUM_STATISTICS))
        self.register_buffer("components", torch.zeros(NUM_STATISTICS, NUM_COMPONENTS))
        self.kinds = nn.Linear(NUM_STATISTICS, len(KIND.labels))

    def forward(self, hidden: Tensor) -> Tensor:
        return self.of_statistics(statistics(hidden))

    def of_statistics(self, values: Tensor) -> Tensor:
        """values : (B, 384) · returns : (B, K + 1 + 64)"""
        standard = (values - self.mean) / self.scale
        along = standard @ self.components
        strangeness = along.square().mean(dim=1, keepdim=True).clamp_min(1e-6).log()
        return torch.cat([self.kinds(standard), strangeness, along[:, :NUM_LOOKS]], dim=1)
