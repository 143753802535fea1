"""The box trainer's own eyes, beside the frozen tower: what a simulated video shows, read over the seconds around.

In two steps, so that a video is read without being encoded again. While frames are encoded, every patch is projected to
a few numbers and kept in place (position matters: a gesture is where the tips are). When a timeline is made, the rows
of the whole video, and what is left of them when the still background is taken away, go through a small recurrent
network in both directions.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from inference.vision.backbone import FEATURE_DIM, NUM_PATCHES

NUM_CHANNELS = 16
ROW_WIDTH = NUM_PATCHES * NUM_CHANNELS
FRAME_HIDDEN = 256
FRAME_DIM = 96
SEQUENCE_DIM = 96
READER_DIM = 2 * SEQUENCE_DIM
FRAME_DROPOUT = 0.3
SEQUENCE_DROPOUT = 0.2


class PatchProjection(nn.Module):
    """patches (..., 49, 1280) -> (..., 49, 16), each patch by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.project = nn.Linear(FEATURE_DIM, NUM_CHANNELS)

    def forward(self, patches: Tensor) -> Tensor:
        projected: Tensor = self.project(normalised(patches))
        return projected


class FrameReader(nn.Module):
    """rows, background (..., 49, 16) -> (..., 96): one frame beside the mean of its video."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(2 * ROW_WIDTH, FRAME_HIDDEN)
        self.second = nn.Linear(FRAME_HIDDEN, FRAME_DIM)
        self.drop = nn.Dropout(FRAME_DROPOUT)

    def forward(self, rows: Tensor, background: Tensor) -> Tensor:
        both = torch.cat([rows, rows - background], dim=-1).flatten(-2)
        hidden = self.drop(F.gelu(self.first(self.drop(both))))
        seen: Tensor = self.second(hidden)
        return seen


class SequenceReader(nn.Module):
    """What a whole video's frames say once their neighbours were heard.

    rows (B, T, 49, 16), background (B, 1, 49, 16) -> logits (B, T, C).
    """

    def __init__(self, num_outputs: int) -> None:
        super().__init__()
        self.frame = FrameReader()
        self.recurrent = nn.GRU(
            FRAME_DIM,
            SEQUENCE_DIM,
            num_layers=2,
            bidirectional=True,
            batch_first=True,
            dropout=SEQUENCE_DROPOUT,
        )
        self.outputs = nn.Linear(READER_DIM, num_outputs)
        self.frame_outputs = nn.Linear(FRAME_DIM, num_outputs)
        self.drop = nn.Dropout(SEQUENCE_DROPOUT)

    def forward(self, rows: Tensor, background: Tensor) -> Tensor:
        logits: Tensor = self.outputs(self.over_time(self.frame(rows, background)))
        return logits

    def alone(self, rows: Tensor, background: Tensor) -> Tensor:
        """The same of each frame by itself: what the neighbours add is the difference."""
        logits: Tensor = self.frame_outputs(self.frame(rows, background))
        return logits

    def over_time(self, seen: Tensor) -> Tensor:
        """seen : (B, T, 96) · returns : (B, T, 192)"""
        hidden: Tensor = self.drop(self.recurrent(self.drop(F.gelu(seen)))[0])
        return hidden


def normalised(patches: Tensor) -> Tensor:
    """Each patch to mean 0 and variance 1 over its 1280 features: how bright a scene is says nothing of a gesture."""
    return F.layer_norm(patches, (FEATURE_DIM,))
