"""The tower's own eyes: per-frame outputs for phase, instruments, verbs and targets, read from the patches.

Each output has one linear score on every patch; its frame score mixes the mean over patches with a soft maximum, so
that a small instrument in one corner counts as much as a view that fills the frame.
"""

import torch
from torch import Tensor, nn

from inference.vision.backbone import FEATURE_DIM


class Heads(nn.Module):
    """patches (B, 49, 1280) -> logits (B, C); `output_names` names the C columns as "lane/label"."""

    def __init__(self, output_names: tuple[str, ...]) -> None:
        super().__init__()
        self.output_names = output_names
        self.norm = nn.LayerNorm(FEATURE_DIM)
        self.frame_score = nn.Linear(FEATURE_DIM, len(output_names))
        self.patch_score = nn.Linear(FEATURE_DIM, len(output_names))

    def forward(self, patches: Tensor) -> Tensor:
        return self.with_scores(patches)[0]

    def with_scores(self, patches: Tensor) -> tuple[Tensor, Tensor]:
        """returns : (B, C), and of each patch (B, N, C)"""
        scores = self.patch_score(self.norm(patches))
        strongest = torch.logsumexp(scores, dim=1) - torch.log(torch.tensor(float(scores.shape[1])))
        logits: Tensor = self.frame_score(self.norm(patches.mean(dim=1))) + strongest
        return logits, scores
