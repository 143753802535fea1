"""Fits the last block, the head convolution and the output heads on cached views. Same data and seed, same tower.

Domain randomisation happens twice: in the pictures (augment.py) and here, where the channel statistics of frames of
different surgeries are mixed (MixStyle, Zhou et al. 2021, arXiv 2104.02008). The tower that comes out is the mean of
all weights after warm-up at a constant rate, which holds up better on unseen domains than the last weights do (SWAD,
Cha et al. 2021, arXiv 2102.08604).
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from inference.progress import Progress, ProgressCallback, ignore_progress
from inference.vision.backbone import Backbone, imagenet_backbone
from inference.vision.heads import Heads
from inference.vision.outputs import OutputGroup, columns_of
from inference.vision.training.dataset import FrameSet
from inference.vision.training.views import FIRST_TRAINED_BLOCK, Views

LOSS_WEIGHTS = {"phase": 0.7, "instrument": 3.0, "verb": 2.0, "target": 2.0, "body": 0.5, "scene": 0.3}
OTHER_LOSS_WEIGHT = 0.5
MIXSTYLE_ALPHA = 0.3
OTHER_SOURCE_SHARE = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class FitOptions:
    num_steps: int = 240
    batch_size: int = 32
    backbone_rate: float = 3e-4
    head_rate: float = 1e-3
    weight_decay: float = 0.05
    warm_up_steps: int = 30
    averaged_from_step: int = 70
    dropout: float = 0.2
    clean_share: float = 0.15
    mixstyle_chance: float = 0.5
    label_smoothing: float = 0.1
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tower:
    backbone: Backbone
    heads: Heads

    def logits(self, views: Views) -> NDArray[np.float64]:
        """views : (N, 192, 7, 7), early features of clean frames · returns : (N, C)"""
        with torch.inference_mode():
            parts = [self._forward(_tensor(views[start : start + 32])) for start in range(0, len(views), 32)]
        return np.asarray(torch.cat(parts).double().numpy())

    def _forward(self, hidden: Tensor) -> Tensor:
        logits: Tensor = self.heads(_patches(self.backbone, hidden))
        return logits


def fit_tower(
    frames: FrameSet,
    views: Views,
    rows: NDArray[np.int64],
    *,
    groups: tuple[OutputGroup, ...],
    options: FitOptions,
    on_progress: ProgressCallback = ignore_progress,
) -> Tower:
    """Trains on `rows` of the frames. The returned tower is the mean of the weights on the way."""
    torch.manual_seed(options.seed)
    random = np.random.default_rng(options.seed)
    tower = _fresh_tower(frames, rows, groups)
    trained = [*_thaw(tower.backbone), *tower.heads.parameters()]
    num_backbone = len(trained) - len(list(tower.heads.parameters()))
    optimiser = torch.optim.AdamW(
        [
            {"params": trained[:num_backbone], "lr": options.backbone_rate},
            {"params": trained[num_backbone:], "lr": options.head_rate},
        ],
        weight_decay=options.weight_decay,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: min(1.0, (step + 1) / options.warm_up_steps))
    mean = copy.deepcopy(tower)
    draw = _batches(frames, rows, num_views=len(views), random=random, options=options)
    for step in range(options.num_steps):
        chosen_views, chosen_rows = draw()
        hidden = _randomised(_tensor(views[chosen_views, chosen_rows]), random, options)
        patches = F.dropout(_patches(tower.backbone, hidden), options.dropout)
        loss = _loss(tower.heads(patches), torch.from_numpy(frames.targets[chosen_rows]), groups, options)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(trained, 5.0)
        optimiser.step()
        schedule.step()
        if step >= options.averaged_from_step:
            _follow(mean, tower, share=1 / (step - options.averaged_from_step + 1))
        on_progress(Progress(done=step + 1, total=options.num_steps, unit="steps"))
    return mean


def _fresh_tower(frames: FrameSet, rows: NDArray[np.int64], groups: tuple[OutputGroup, ...]) -> Tower:
    """Heads start at the labels' frequencies, so that early steps move features only where it helps."""
    heads = Heads(frames.output_names)
    for layer in (heads.frame_score, heads.patch_score):
        nn.init.normal_(layer.weight, std=0.01)
        nn.init.zeros_(layer.bias)
    with np.errstate(invalid="ignore"):
        share = np.clip(np.nan_to_num(np.nanmean(frames.targets[rows], axis=0), nan=0.5), 0.01, 0.99)
    bias = np.log(share / (1 - share))
    for group in groups:
        if group.is_exclusive:
            columns = columns_of(group.name, frames.output_names)
            bias[columns] = 0.5 * np.log(share[columns])
    heads.frame_score.bias.data.copy_(torch.from_numpy(bias))
    return Tower(backbone=imagenet_backbone(), heads=heads)


def _thaw(backbone: Backbone) -> list[nn.Parameter]:
    backbone.requires_grad_(False)
    late = [*list(backbone.blocks)[FIRST_TRAINED_BLOCK:], backbone.head]
    for part in late:
        part.requires_grad_(True)
    return [parameter for part in late for parameter in part.parameters()]


def _batches(
    frames: FrameSet,
    rows: NDArray[np.int64],
    *,
    num_views: int,
    random: np.random.Generator,
    options: FitOptions,
) -> Callable[[], tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Draws (views, rows): each source video counts alike, and inside it rare phases count more."""
    weights = _row_weights(frames, rows)

    def draw() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        chosen = random.choice(rows, options.batch_size, p=weights)
        view = random.integers(1, num_views, options.batch_size)
        return np.where(random.random(options.batch_size) < options.clean_share, 0, view), chosen

    return draw


def _row_weights(frames: FrameSet, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    weights = np.zeros(len(rows))
    phases = np.nan_to_num(frames.truth("phase")[rows], nan=0.0)
    for source in np.unique(_sources(frames.videos[rows])):
        inside = _sources(frames.videos[rows]) == source
        labels = np.where(phases[inside].any(axis=1), phases[inside].argmax(axis=1), -1)
        counts = {label: np.sum(labels == label) for label in np.unique(labels)}
        rarity = np.array([counts[label] ** -0.5 for label in labels])
        weights[inside] = rarity / rarity.sum() * _source_share(source)
    return np.asarray(weights / weights.sum())


def _sources(videos: NDArray[np.str_]) -> NDArray[np.str_]:
    """Surgeries stand for themselves; videos of the other collections share one weight."""
    return np.array([video if video.startswith("VID") else video.split("-")[0] for video in videos])


def _source_share(source: str) -> float:
    return 1.0 if source.startswith("VID") else OTHER_SOURCE_SHARE


def _randomised(hidden: Tensor, random: np.random.Generator, options: FitOptions) -> Tensor:
    flipped = torch.from_numpy(random.random(len(hidden)) < 0.5)
    hidden[flipped] = hidden[flipped].flip(-1)
    if random.random() >= options.mixstyle_chance:
        return hidden
    mean = hidden.mean(dim=(2, 3), keepdim=True)
    spread = hidden.std(dim=(2, 3), keepdim=True) + 1e-4
    partner = torch.from_numpy(random.permutation(len(hidden)))
    own = torch.from_numpy(random.beta(MIXSTYLE_ALPHA, MIXSTYLE_ALPHA, (len(hidden), 1, 1, 1))).float()
    mixed_mean = own * mean + (1 - own) * mean[partner]
    mixed_spread = own * spread + (1 - own) * spread[partner]
    return (hidden - mean) / spread * mixed_spread + mixed_mean


def _patches(backbone: Backbone, hidden: Tensor) -> Tensor:
    maps = backbone.run_from(FIRST_TRAINED_BLOCK, hidden)
    return maps.flatten(2).transpose(1, 2)


def _loss(logits: Tensor, targets: Tensor, groups: tuple[OutputGroup, ...], options: FitOptions) -> Tensor:
    total = torch.zeros(())
    start = 0
    for group in groups:
        columns = slice(start, start + len(group.labels))
        start += len(group.labels)
        known = ~targets[:, columns].isnan().any(dim=1)
        if not known.any():
            continue
        said, true = logits[known, columns], targets[known, columns]
        if group.is_exclusive:
            loss = F.cross_entropy(said, true.argmax(dim=1), label_smoothing=options.label_smoothing)
        else:
            loss = F.binary_cross_entropy_with_logits(said, true)
        # A group known for few frames of the batch speaks with their share.
        total = total + LOSS_WEIGHTS.get(group.name, OTHER_LOSS_WEIGHT) * loss * known.float().mean()
    return total


def _follow(mean: Tower, tower: Tower, *, share: float) -> None:
    with torch.no_grad():
        for kept, moving in zip(
            [*mean.backbone.parameters(), *mean.heads.parameters()],
            [*tower.backbone.parameters(), *tower.heads.parameters()],
            strict=True,
        ):
            if moving.requires_grad:
                kept.lerp_(moving, share)


def _tensor(values: NDArray[np.float16]) -> Tensor:
    return torch.from_numpy(np.array(values)).float().contiguous(memory_format=torch.channels_last)
