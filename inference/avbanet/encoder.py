"""The encoder that scores: per-second features, masked gated attention over time, and a read-out that stays linear.

Because the read-out is linear in what attention gathers, a margin between two levels is a sum over seconds, exactly.
Statistics are of one video alone (GroupNorm over its own usable seconds): a score never depends on other queries, nor
on padding. How long a video is cannot be told from what comes out; duration is a term of its own (`calibrate`).
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

EPSILON = 1e-5
FAR = 1e6
# Levels whose spacing is learned: lowest, middle, highest. Other numbers of levels have none.
NUM_SPACED = 3
# The axis reads a second's row and the highest and the lowest of NEAR_S seconds about it.
NUM_VIEWS, NEAR_S = 3, 5
# A mistake is what departs from the video's own course: the rows from so many seconds before to as many after.
ABOUT_S = 5
FIRST_GAIN = 0.3
# As a logit: of one reference a level, four fifths is where it happens to lie in its level.
FIRST_SPACING_WEIGHT = 1.4


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderShape:
    """num_heads : attention heads over time, each gathers hidden / num_heads channels of its own"""

    width: int
    hidden: int = 32
    embedding: int = 8
    num_groups: int = 4
    num_heads: int = 4
    dilations: tuple[int, ...] = (1, 2, 4)
    dropout: float = 0.2


@dataclass(frozen=True, slots=True)
class Encoded:
    """moments : (B, T, E), embedding of each second · weights : (B, T, E), attention by channel, sums to 1 over time ·
    mistakes : (B, T), the larger, the more this second looks like those about mistakes

    The first channel is the axis, evenly weighed. The video's embedding is sum over time of weights * moments.
    """

    moments: Tensor
    weights: Tensor
    mistakes: Tensor

    @property
    def embedding(self) -> Tensor:
        """(B, E)"""
        return (self.weights * self.moments).sum(dim=1)


class SkillEncoder(nn.Module):
    """values (B, T, D), usable (B, T) bool -> Encoded. Columns are scaled by `mean` and `scale`, set from sources.

    Two readers side by side: `axis`, one direction in the rows themselves along which skill grows, fitted in closed
    form and kept (few operators teach it well, and it bears a scene that looks like none before); and the network,
    which adds what the axis cannot see. `mistake` is one more direction, in what departs from the video's own course.
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, shape: EncoderShape) -> None:
        super().__init__()
        self.shape = shape
        self.register_buffer("mean", torch.zeros(shape.width))
        self.register_buffer("scale", torch.ones(shape.width))
        self.lift = nn.Linear(shape.width, shape.hidden)
        self.blocks = nn.ModuleList(_Block(shape, dilation) for dilation in shape.dilations)
        self.axis = nn.Linear(NUM_VIEWS * shape.width, 1, bias=False)
        self.gains = nn.Parameter(torch.tensor([1.0, FIRST_GAIN]))
        self.read = nn.Linear(shape.hidden, shape.embedding, bias=False)
        self.mistake = nn.Linear((2 * ABOUT_S + 2) * shape.width, 1)
        self.gate = nn.Linear(shape.hidden, shape.num_heads)
        self.content = nn.Linear(shape.hidden, shape.num_heads)
        self.drop = nn.Dropout(shape.dropout)
        self.spacing = nn.Parameter(torch.zeros(NUM_SPACED, shape.embedding + 1))
        self.spacing_weight = nn.Parameter(torch.tensor(FIRST_SPACING_WEIGHT))

    def centres(self, means: Tensor, shots: float) -> Tensor:
        """means : (K, E), of each level's references, lowest first · returns : (K, E), where levels are taken to be.

        One reference lies anywhere in its level. Three levels are drawn towards the spacing that levels have in other
        tasks, placed where these references are on the whole; the more references a level has, the less.
        """
        if len(means) != NUM_SPACED:
            return means
        usual = self.spacing - self.spacing.mean(dim=0) + means.mean(dim=0)
        weight = torch.sigmoid(self.spacing_weight - math.log(shots))
        return weight * usual + (1 - weight) * means

    def forward(self, values: Tensor, usable: Tensor) -> Encoded:
        mask = usable[..., None].to(values.dtype)
        scaled = (values - self.mean) / self.scale * mask
        along = self.gains[0] * self.axis(local_views(scaled, usable)) * mask
        hidden = self.drop(self.lift(scaled)) * mask
        for block in self.blocks:
            hidden = block(hidden, mask)
        moments = torch.cat([along, self.gains[1] * self.read(hidden)], dim=-1)
        evenly = mask / mask.sum(dim=1, keepdim=True)
        weights = torch.cat([evenly, self._weights(hidden, usable)], dim=-1)
        return Encoded(moments, weights, self.mistake(departures(scaled, usable))[..., 0])

    def _weights(self, hidden: Tensor, usable: Tensor) -> Tensor:
        """Gated attention (Ilse et al. 2018): bounded scores, so that no second can be all."""
        scores = 2 * torch.tanh(self.content(hidden)) * torch.sigmoid(self.gate(hidden))
        attended = scores.masked_fill(~usable[..., None], float("-inf")).softmax(dim=1)
        by_channel: Tensor = attended.repeat_interleave(self.shape.embedding // self.shape.num_heads, dim=-1)
        return by_channel


class _Block(nn.Module):
    """Dilated convolution over time, GroupNorm of the video's own usable seconds, channel attention, residual."""

    def __init__(self, shape: EncoderShape, dilation: int) -> None:
        super().__init__()
        self.convolve = nn.Conv1d(shape.hidden, shape.hidden, 3, padding=dilation, dilation=dilation)
        self.squeeze = nn.Linear(shape.hidden, shape.hidden // 2, bias=False)
        self.excite = nn.Linear(shape.hidden // 2, shape.hidden, bias=False)
        self.drop = nn.Dropout(shape.dropout)
        self._num_groups = shape.num_groups

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        convolved = self.convolve(hidden.transpose(1, 2)).transpose(1, 2)
        normed = masked_group_norm(F.gelu(convolved), mask, self._num_groups)
        mean = (normed * mask).sum(dim=1) / mask.sum(dim=1)
        weighed = normed * torch.sigmoid(self.excite(F.relu(self.squeeze(mean))))[:, None]
        changed: Tensor = (hidden + self.drop(weighed)) * mask
        return changed


def local_views(scaled: Tensor, usable: Tensor) -> Tensor:
    """scaled : (B, T, D) · returns : (B, T, 3 D): the row, the highest and the lowest of the usable rows about it"""
    mask, about = usable[..., None], NEAR_S // 2
    highest, lowest = (
        F.max_pool1d((sign * scaled).masked_fill(~mask, -FAR).transpose(1, 2), NEAR_S, 1, about).transpose(1, 2) * sign
        for sign in (1, -1)
    )
    return torch.cat([scaled, highest, lowest], dim=-1).masked_fill(~mask, 0.0)


def departures(scaled: Tensor, usable: Tensor) -> Tensor:
    """scaled : (B, T, D) · returns : (B, T, (2 ABOUT_S + 2) D): the rows about a second, less the mean of the video's
    usable rows, and that mean. What is not usable, and what lies beyond the ends, is taken to be as the mean."""
    mask = usable[..., None].to(scaled.dtype)
    mean = (scaled * mask).sum(dim=1, keepdim=True) / mask.sum(dim=1, keepdim=True)
    away = F.pad((scaled - mean) * mask, (0, 0, ABOUT_S, ABOUT_S))
    about = away.unfold(1, 2 * ABOUT_S + 1, 1).flatten(2)
    return torch.cat([about, mean.expand_as(scaled)], dim=-1)


def masked_group_norm(values: Tensor, mask: Tensor, num_groups: int) -> Tensor:
    """values : (B, T, C) · mask : (B, T, 1) · statistics over a group's channels and the usable seconds of one video"""
    grouped = values.reshape(*values.shape[:2], num_groups, -1)  # (B, T, G, C / G)
    counted = mask[..., None]
    count = counted.sum(dim=(1, 3), keepdim=True) * grouped.shape[-1]
    mean = (grouped * counted).sum(dim=(1, 3), keepdim=True) / count
    variance = ((grouped - mean).square() * counted).sum(dim=(1, 3), keepdim=True) / count
    normed: Tensor = ((grouped - mean) / torch.sqrt(variance + EPSILON)).flatten(-2) * mask
    return normed
