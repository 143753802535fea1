"""What the early features tell by themselves of bleeding, anatomy and the critical view: linear, beside the branch.

Of these few operations are labelled, and a branch that was trained on all else overlooks what mean and spread of the
early channels show. Log-odds of both are added.
"""

import torch
from torch import Tensor, nn

from inference.vision.eyes.early_statistics import NUM_STATISTICS
from inference.vision.outputs import ANATOMY, BLEEDING, CRITICAL_VIEW, EYES_NAMES, columns_of

COLUMNS = [column for group in (ANATOMY, CRITICAL_VIEW, BLEEDING) for column in columns_of(group.name, EYES_NAMES)]


class EarlyHead(nn.Module):
    """statistics (B, 384), as `early_statistics.statistics` makes them -> log-odds (B, K) of EYES_NAMES[COLUMNS].

    mean, scale : (384,) of the statistics of training frames.
    """

    mean: Tensor
    scale: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(NUM_STATISTICS))
        self.register_buffer("scale", torch.ones(NUM_STATISTICS))
        self.score = nn.Linear(NUM_STATISTICS, len(COLUMNS))
        nn.init.zeros_(self.score.weight)
        nn.init.zeros_(self.score.bias)

    def forward(self, values: Tensor) -> Tensor:
        found: Tensor = self.score((values - self.mean) / self.scale)
        return found

    def added_to(self, logits: Tensor, values: Tensor) -> Tensor:
        """logits : (B, C), columns EYES_NAMES, of the branch · values : (B, 384) · returns : (B, C)"""
        return logits.index_add(1, torch.tensor(COLUMNS, device=logits.device), self(values))
