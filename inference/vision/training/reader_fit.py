"""Fits phase readers on whole operations: at other speeds, in crops down to half a minute, with noise on what was said.

What the branch says of frames it was trained on is surer than of any others, so a reader learns from what it says of
operations it had not seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from inference.vision.eyes.phase_reader import PhaseReader, cell_numbers, cells_of
from inference.vision.outputs import PHASES
from inference.vision.smoothing import Values

UNKNOWN = -1
SHORTEST_CROP = 8
# Truncated squared difference of neighbouring log-probabilities, as in MS-TCN.
SMOOTHNESS_WEIGHT = 0.15
SMOOTHNESS_LIMIT = 16.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """cells : (K, D) · phases : (K,), UNKNOWN where no frame of the cell has one."""

    cells: Tensor
    phases: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderFitOptions:
    num_epochs: int = 24
    rate: float = 2e-3
    weight_decay: float = 1e-2
    log_speed: float = 0.4
    crop_chance: float = 0.5
    noise: float = 0.1
    shift: float = 0.3
    label_smoothing: float = 0.05


def recording(values: Values, timestamps_s: Values, phases: NDArray[np.int64]) -> Recording:
    """values : (T, D) · phases : (T,), UNKNOWN where not labelled · timestamps rising."""
    cells = cells_of(values, timestamps_s)
    labels = np.full(len(cells), UNKNOWN)
    known = phases != UNKNOWN
    labels[cell_numbers(timestamps_s)[known]] = phases[known]
    return Recording(cells=torch.from_numpy(cells).float(), phases=torch.from_numpy(labels))


def fit_reader(recordings: Sequence[Recording], options: ReaderFitOptions, *, seed: int) -> PhaseReader:
    """Same recordings and seed, same reader."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    every = torch.cat([one.cells for one in recordings])
    reader = PhaseReader(every.shape[1])
    reader.mean.copy_(every.mean(dim=0))
    reader.scale.copy_(every.std(dim=0) + 1e-3)
    optimiser = torch.optim.AdamW(reader.parameters(), lr=options.rate, weight_decay=options.weight_decay)
    num_steps = options.num_epochs * len(recordings)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, options.rate, total_steps=num_steps)
    weights = _phase_weights(recordings)
    reader.train()
    for _ in range(options.num_epochs):
        for index in random.permutation(len(recordings)):
            cells, phases = _changed(recordings[index], reader.scale, random, options)
            if (phases != UNKNOWN).any():
                loss = _loss(reader(cells[None]), phases, weights, options)
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
                optimiser.step()
            schedule.step()
    return reader.eval()


def _phase_weights(recordings: Sequence[Recording]) -> Tensor:
    counts = torch.ones(len(PHASES))
    for one in recordings:
        counts += torch.bincount(one.phases[one.phases != UNKNOWN], minlength=len(PHASES))
    weights = (counts.sum() / counts).sqrt()
    return weights / weights.mean()


def _changed(
    one: Recording, scale: Tensor, random: np.random.Generator, options: ReaderFitOptions
) -> tuple[Tensor, Tensor]:
    speed = float(np.exp(random.uniform(-options.log_speed, options.log_speed)))
    length = max(SHORTEST_CROP, round(len(one.cells) * speed))
    chosen = np.minimum((np.arange(length) / speed).astype(int), len(one.cells) - 1)
    if random.random() < options.crop_chance:
        kept = int(np.exp(random.uniform(np.log(SHORTEST_CROP), np.log(length))))
        first = int(random.integers(0, length - kept + 1))
        chosen = chosen[first : first + kept]
    cells = one.cells[chosen]
    noise = options.noise * torch.randn_like(cells) + options.shift * torch.randn(cells.shape[1])
    return cells + noise * scale, one.phases[chosen]


def _loss(stages: Sequence[Tensor], phases: Tensor, weights: Tensor, options: ReaderFitOptions) -> Tensor:
    total = torch.zeros(())
    for logits in stages:
        said = logits[0]
        total = total + F.cross_entropy(
            said, phases, weight=weights, ignore_index=UNKNOWN, label_smoothing=options.label_smoothing
        )
        logs = said.log_softmax(dim=1)
        step = (logs[1:] - logs[:-1].detach()).square()
        total = total + SMOOTHNESS_WEIGHT * step.clamp(max=SMOOTHNESS_LIMIT).mean()
    return total
