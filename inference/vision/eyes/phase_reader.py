"""Phases of a recording: dilated convolutions over everything the eyes said of it, minutes before and after.

After MS-TCN (Farha & Gall 2019, arXiv 1903.01945; TeCNO, Czempiel et al. 2020, arXiv 2003.10751), not causal: two
stages, the second refines what the first said. Trained on whole operations, on crops down to half a minute and at other
speeds, so no place in the file is worth anything by itself.
"""

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from inference.vision.outputs import EYES_NAMES, PHASE, PHASES, TOOL, columns_of

Values = NDArray[np.float64]

# Frames are averaged over cells of this length: training recordings have one frame in that time.
CELL_S = 4.0
# What was seen at some time before, and what will be seen at some time after, tells Calot's triangle from the liver bed
# however long either takes: the strongest of these outputs so far and from now on, over RUNNING_CELLS at a time.
REMEMBERED = [*columns_of(PHASE.name, EYES_NAMES), *columns_of(TOOL.name, EYES_NAMES)]
RUNNING_CELLS = 5
NUM_CHANNELS = 48
NUM_LAYERS = 7
NUM_STAGES = 2
INPUT_DROPOUT = 0.3
DROPOUT = 0.4


class Stage(nn.Module):
    """(B, C_in, T) -> (B, S, T); layer n looks 2^n cells to either side."""

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.enter = nn.Conv1d(in_channels, NUM_CHANNELS, 1)
        self.wide = nn.ModuleList(
            nn.Conv1d(NUM_CHANNELS, NUM_CHANNELS, 3, dilation=2**layer, padding=2**layer) for layer in range(NUM_LAYERS)
        )
        self.mix = nn.ModuleList(nn.Conv1d(NUM_CHANNELS, NUM_CHANNELS, 1) for _ in range(NUM_LAYERS))
        self.leave = nn.Conv1d(NUM_CHANNELS, len(PHASES), 1)

    def forward(self, values: Tensor) -> Tensor:
        hidden = self.enter(values)
        for wide, mix in zip(self.wide, self.mix, strict=True):
            hidden = hidden + F.dropout(mix(F.relu(wide(hidden))), DROPOUT, self.training)
        logits: Tensor = self.leave(hidden)
        return logits


class PhaseReader(nn.Module):
    """cells (B, T, D), the first columns EYES_NAMES -> logits of each stage (B, T, 7), the last being the answer.

    mean, scale : (D,)
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, num_inputs: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(num_inputs))
        self.register_buffer("scale", torch.ones(num_inputs))
        num_values = num_inputs + 2 * len(REMEMBERED)
        self.stages = nn.ModuleList([Stage(num_values), *(Stage(len(PHASES)) for _ in range(NUM_STAGES - 1))])

    def forward(self, cells: Tensor) -> list[Tensor]:
        standard = (cells - self.mean) / self.scale
        together = torch.cat([standard, _before_and_after(standard[..., REMEMBERED])], dim=2)
        values = F.dropout(together, INPUT_DROPOUT, self.training).transpose(1, 2)
        found = [self.stages[0](values)]
        for stage in list(self.stages)[1:]:
            found.append(stage(found[-1].softmax(dim=1)))
        return [logits.transpose(1, 2) for logits in found]


def _before_and_after(values: Tensor) -> Tensor:
    """values : (B, T, R) · returns : (B, T, 2 R), running maxima from the start and from the end."""
    smooth = F.avg_pool1d(
        values.transpose(1, 2), RUNNING_CELLS, stride=1, padding=RUNNING_CELLS // 2, count_include_pad=False
    ).transpose(1, 2)
    before = smooth.cummax(dim=1).values
    after = smooth.flip(1).cummax(dim=1).values.flip(1)
    return torch.cat([before, after], dim=2)


def cells_of(values: Values, timestamps_s: Values) -> Values:
    """values : (T, D), timestamps rising · returns : (K, D), the mean of each cell's frames; an empty cell repeats the
    nearest one that is not."""
    cells = cell_numbers(timestamps_s)
    counts = np.bincount(cells)
    sums = np.zeros((len(counts), values.shape[1]))
    np.add.at(sums, cells, values)
    full = np.flatnonzero(counts)
    middles = (full[1:] + full[:-1]) / 2
    nearest = full[np.searchsorted(middles, np.arange(len(counts)), side="right")]
    return np.asarray(sums[nearest] / counts[nearest, None])


def cell_numbers(timestamps_s: Values) -> NDArray[np.int64]:
    """Which cell each frame lies in, the first frame's being 0 : (T,)"""
    return np.asarray((timestamps_s - timestamps_s[0]) // CELL_S, dtype=np.int64)


def read_phases(readers: list[PhaseReader], values: Values, timestamps_s: Values) -> Values:
    """values : (T, D), one row a frame, of which each reader reads the first columns, as many as it knows ·
    returns : (T, 7), mean probabilities of the readers, between cells linear."""
    cells = torch.from_numpy(cells_of(values, timestamps_s)).float()[None]
    with torch.inference_mode():
        said = (
            torch.stack([reader(cells[..., : len(reader.mean)])[-1][0].softmax(dim=1) for reader in readers])
            .mean(dim=0)
            .double()
            .numpy()
        )
    middles_s = timestamps_s[0] + (np.arange(len(said)) + 0.5) * CELL_S
    return np.stack([np.interp(timestamps_s, middles_s, column) for column in said.T], axis=1)
