"""A-VBANet's encoder as released (arXiv 2301.00812): 1-D residual convolutions with channel attention, mean over time.

Re-implemented from its description. `norm` "batch" is the released one and for benchmarks only: statistics of whatever
is in the batch, so one video's score depends on the others; `is_masked` False is released too: zeros after the end
count, and a channel is scaled from 0 to 1 with them, so that length shows. The closed variants are "group" and masked.
"""

from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Norm = Literal["batch", "group"]

NUM_CHANNELS = 8
WIDE_CHANNELS = 16
EMBEDDING = 512
EPSILON = 1e-5
SMALLEST_RANGE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperOptions:
    norm: Norm = "batch"
    is_masked: bool = False


class PaperEncoder(nn.Module):
    """values (B, 8, T), not scaled, zeros after the end; mask (B, 1, T) -> (B, 512)"""

    def __init__(self, options: PaperOptions) -> None:
        super().__init__()
        self.first = ResidualBlock(NUM_CHANNELS, kernel=5, dilation=1, options=options)
        self.widen = nn.Conv1d(NUM_CHANNELS, WIDE_CHANNELS, 1)
        self.second = ResidualBlock(WIDE_CHANNELS, kernel=3, dilation=2, options=options)
        self.embed = nn.Linear(WIDE_CHANNELS, EMBEDDING)
        self._options = options

    def forward(self, values: Tensor, mask: Tensor) -> Tensor:
        mask = mask if self._options.is_masked else torch.ones_like(mask)
        hidden = self.second(self.widen(self.first(scaled(values, mask), mask)) * mask, mask)
        embedded: Tensor = self.embed(_mean_over_time(hidden, mask))
        return embedded


class ResidualBlock(nn.Module):
    """conv, ReLU, norm, attention, conv, + input, ReLU, norm, attention; (B, C, T) -> (B, C, T)"""

    def __init__(self, channels: int, *, kernel: int, dilation: int, options: PaperOptions) -> None:
        super().__init__()
        padding = dilation * (kernel - 1) // 2
        self.conv1 = nn.Conv1d(channels, channels, kernel, padding=padding, dilation=dilation)
        self.conv2 = nn.Conv1d(channels, channels, kernel, padding=padding, dilation=dilation)
        self.attend1, self.attend2 = ChannelAttention(channels), ChannelAttention(channels)
        self._norm: Norm = options.norm

    def forward(self, values: Tensor, mask: Tensor) -> Tensor:
        hidden = self.attend1(normalised(F.relu(self.conv1(values)) * mask, mask, self._norm), mask)
        hidden = F.relu(self.conv2(hidden) + values) * mask
        attended: Tensor = self.attend2(normalised(hidden, mask, self._norm), mask)
        return attended


class ChannelAttention(nn.Module):
    """Squeeze and excite without a non-linearity between: it weighs channels and knows no time."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.squeeze = nn.Linear(channels, channels // 2, bias=False)
        self.excite = nn.Linear(channels // 2, channels, bias=False)

    def forward(self, values: Tensor, mask: Tensor) -> Tensor:
        weights = torch.sigmoid(self.excite(self.squeeze(_mean_over_time(values, mask))))
        return values * weights[..., None]


def scaled(values: Tensor, mask: Tensor) -> Tensor:
    """Each channel of a video from 0 to 1 over what is not masked."""
    low = values.masked_fill(mask == 0, float("inf")).amin(dim=-1, keepdim=True)
    high = values.masked_fill(mask == 0, float("-inf")).amax(dim=-1, keepdim=True)
    return (values - low) / (high - low).clamp_min(SMALLEST_RANGE) * mask


def normalised(values: Tensor, mask: Tensor, norm: Norm) -> Tensor:
    """No affine part, as released. "batch": over batch and time of a channel; "group": over a video's own values."""
    over = (0, 2) if norm == "batch" else (1, 2)
    count = mask.sum(dim=over, keepdim=True) * (values.shape[1] if norm == "group" else 1)
    mean = (values * mask).sum(dim=over, keepdim=True) / count
    variance = ((values - mean).square() * mask).sum(dim=over, keepdim=True) / count
    return (values - mean) / torch.sqrt(variance + EPSILON) * mask


def _mean_over_time(values: Tensor, mask: Tensor) -> Tensor:
    return (values * mask).sum(dim=-1) / mask.sum(dim=-1)
