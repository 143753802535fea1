"""Fits the eyes' branch on cached early features. Same data and seed, same branch.

As the tower's own training: channel statistics of frames of different sources are mixed (MixStyle, Zhou et al. 2021,
arXiv 2104.02008), and what comes out is the mean of all weights after warm-up (SWAD, Cha et al. 2021,
arXiv 2102.08604).
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from inference.models.device import cpu_computes_bfloat16
from inference.progress import Progress, ProgressCallback, ignore_progress
from inference.vision.backbone import imagenet_backbone
from inference.vision.eyes.branch import EyesBranch
from inference.vision.outputs import EYES_GROUPS, EYES_NAMES, columns_of
from inference.vision.training.cells import COLUMNS as CELL_COLUMNS
from inference.vision.training.eyes_data import EyesData
from inference.vision.training.mixed_precision import training_patches

# How much each group's loss counts, per frame of which the group is known.
LOSS_WEIGHTS = {
    "phase": 0.5,
    "instrument": 3.0,
    "verb": 1.5,
    "target": 1.5,
    "anatomy": 2.0,
    "critical_view": 2.0,
    "bleeding": 1.0,
    "body": 0.5,
}
# How often a batch draws from each data set; inside it every operation counts alike.
SET_SHARES = {
    "cholec80-phases": 0.30,
    "cholect50": 0.14,
    "m2cai16-tool-boxes": 0.16,
    "cholec80-tool-boxes": 0.06,
    "endoscapes": 0.13,
    "gynsurg-bleeding": 0.10,
    "surgery-or-not": 0.05,
    "stanford-frames": 0.04,
}
OTHER_SHARE = 0.02
MIXSTYLE_ALPHA = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class EyesFitOptions:
    num_steps: int = 1000
    batch_size: int = 32
    branch_rate: float = 3e-4
    head_rate: float = 1e-3
    weight_decay: float = 0.05
    warm_up_steps: int = 30
    averaged_from_step: int = 250
    dropout: float = 0.2
    clean_share: float = 0.2
    mixstyle_chance: float = 0.5
    label_smoothing: float = 0.1
    # Of a label that is rare: a positive counts (negatives / positives) to this power.
    rarity_power: float = 0.35
    # How much it counts where things are, cell by cell.
    cells_weight: float = 1.0
    seed: int = 0


def fit_branch(
    data: EyesData,
    rows: NDArray[np.int64],
    options: EyesFitOptions,
    on_progress: ProgressCallback = ignore_progress,
) -> EyesBranch:
    """Trains on `rows`. The returned branch is the mean of the weights on the way."""
    torch.manual_seed(options.seed)
    random = np.random.default_rng(options.seed)
    branch = _fresh_branch(data.truth[rows])
    late = [*branch.blocks.parameters(), *branch.head.parameters()]
    optimiser = torch.optim.AdamW(
        [
            {"params": late, "lr": options.branch_rate},
            {"params": list(branch.heads.parameters()), "lr": options.head_rate},
        ],
        weight_decay=options.weight_decay,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: min(1.0, (step + 1) / options.warm_up_steps))
    rarity = _rarity(data.truth[rows], options.rarity_power)
    mean = copy.deepcopy(branch)
    draw = _batches(data, rows, random, options)
    for step in range(options.num_steps):
        view, chosen = draw()
        hidden = np.stack([data.views[number][row] for number, row in zip(view, chosen, strict=True)])
        cells = torch.from_numpy(data.cells.drawn(view, chosen))
        flip_half(random, seen := torch.from_numpy(hidden).float(), cells)
        mixed = with_mixed_style(seen, random, options.mixstyle_chance)
        logits, scores = _logits(branch, mixed.contiguous(memory_format=torch.channels_last), options.dropout)
        loss = _loss(logits, torch.from_numpy(data.truth[chosen]), rarity, options)
        loss = loss + options.cells_weight * _cells_loss(scores, cells)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_([*late, *branch.heads.parameters()], 5.0)
        optimiser.step()
        schedule.step()
        if step >= options.averaged_from_step:
            _follow(mean, branch, share=1 / (step - options.averaged_from_step + 1))
        on_progress(Progress(done=step + 1, total=options.num_steps, unit="steps"))
    return mean.eval()


def _logits(branch: EyesBranch, hidden: Tensor, dropout: float) -> tuple[Tensor, Tensor]:
    """returns : (B, C) of the frames, (B, 49, C) of their patches

    Whole channels are dropped.
    """
    with torch.autocast("cpu", torch.bfloat16, enabled=cpu_computes_bfloat16()):
        patches = training_patches(branch, hidden)
        kept = F.dropout(torch.ones(len(hidden), 1, patches.shape[2]), dropout)
        logits, scores = branch.heads.with_scores(patches * kept.to(patches.dtype))
    return logits.float(), scores.float()


def _fresh_branch(truth: NDArray[np.float32]) -> EyesBranch:
    """Heads start at the labels' frequencies, so that early steps move features only where it helps."""
    branch = EyesBranch(imagenet_backbone(), EYES_NAMES)
    for layer in (branch.heads.frame_score, branch.heads.patch_score):
        nn.init.normal_(layer.weight, std=0.01)
        nn.init.zeros_(layer.bias)
    known = (~np.isnan(truth)).sum(axis=0)
    share = np.clip(np.nansum(truth, axis=0) / np.maximum(known, 1), 0.01, 0.99)
    bias = np.log(share / (1 - share))
    for group in EYES_GROUPS:
        if group.is_exclusive:
            columns = columns_of(group.name, EYES_NAMES)
            bias[columns] = 0.5 * np.log(share[columns])
    branch.heads.frame_score.bias.data.copy_(torch.from_numpy(bias).float())
    return branch.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def _rarity(truth: NDArray[np.float32], power: float) -> Tensor:
    """returns : (C,), how much a positive of each label counts"""
    positives = np.maximum(np.nansum(truth, axis=0), 1.0)
    negatives = np.maximum((~np.isnan(truth)).sum(axis=0) - positives, 1.0)
    return torch.from_numpy(np.clip((negatives / positives) ** power, 1.0, 6.0)).float()


Draw = Callable[[], tuple[NDArray[np.int64], NDArray[np.int64]]]


def _batches(data: EyesData, rows: NDArray[np.int64], random: np.random.Generator, options: EyesFitOptions) -> Draw:
    """Draws (views, rows): sets by their share, inside it operations alike, inside those rare phases more."""
    weights = row_weights(data, rows)

    def draw() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        chosen = random.choice(rows, options.batch_size, p=weights)
        view = random.integers(1, len(data.views), options.batch_size)
        return np.where(random.random(options.batch_size) < options.clean_share, 0, view), chosen

    return draw


def row_weights(data: EyesData, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """returns : (R,), sums to 1"""
    phases = np.nan_to_num(data.truth[rows][:, columns_of("phase", EYES_NAMES)])
    labels = np.where(phases.any(axis=1), phases.argmax(axis=1), -1)
    folders = np.array([data.frames[row].folder for row in rows])
    videos = np.array([data.frames[row].video for row in rows])
    weights = np.zeros(len(rows))
    for folder in np.unique(folders):
        share = SET_SHARES.get(folder, OTHER_SHARE) / len(np.unique(videos[folders == folder]))
        for video in np.unique(videos[folders == folder]):
            inside = (folders == folder) & (videos == video)
            counts = {label: np.sum(labels[inside] == label) for label in np.unique(labels[inside])}
            rare = np.array([counts[label] ** -0.5 for label in labels[inside]])
            weights[inside] = share * rare / rare.sum()
    return np.asarray(weights / weights.sum())


def flip_half(random: np.random.Generator, *maps: Tensor) -> None:
    """maps : each (B, ..., 7, 7); of half of the frames all are flipped, in place."""
    flipped = torch.from_numpy(random.random(len(maps[0])) < 0.5)
    for values in maps:
        values[flipped] = values[flipped].flip(-1)


def with_mixed_style(hidden: Tensor, random: np.random.Generator, chance: float) -> Tensor:
    """Now and then the channel statistics of pairs of frames mixed."""
    if random.random() >= chance:
        return hidden
    mean = hidden.mean(dim=(2, 3), keepdim=True)
    spread = hidden.std(dim=(2, 3), keepdim=True) + 1e-4
    partner = torch.from_numpy(random.permutation(len(hidden)))
    own = torch.from_numpy(random.beta(MIXSTYLE_ALPHA, MIXSTYLE_ALPHA, (len(hidden), 1, 1, 1))).float()
    mixed_mean = own * mean + (1 - own) * mean[partner]
    mixed_spread = own * spread + (1 - own) * spread[partner]
    return (hidden - mean) / spread * mixed_spread + mixed_mean


def _cells_loss(scores: Tensor, cells: Tensor) -> Tensor:
    """scores : (B, 49, C) · cells : (B, K, 7, 7), columns CELL_COLUMNS, NaN where not known"""
    said, true = scores[..., list(CELL_COLUMNS)], cells.flatten(2).transpose(1, 2)
    known = ~true.isnan()
    each = F.binary_cross_entropy_with_logits(said, true.nan_to_num(), reduction="none")
    return (each * known).sum() / known.sum().clamp_min(1)


def _loss(logits: Tensor, truth: Tensor, rarity: Tensor, options: EyesFitOptions) -> Tensor:
    total = torch.zeros(())
    for group in EYES_GROUPS:
        columns = columns_of(group.name, EYES_NAMES)
        said, true = logits[:, columns], truth[:, columns]
        weight = LOSS_WEIGHTS[group.name] / len(truth)
        if group.is_exclusive:
            known = ~true.isnan().any(dim=1)
            if known.any():
                total = total + weight * _one_of(said[known], true[known], options.label_smoothing).sum()
            continue
        known = ~true.isnan()
        each = F.binary_cross_entropy_with_logits(said, true.nan_to_num(), pos_weight=rarity[columns], reduction="none")
        total = total + weight * (each * known).sum() / len(columns)
    return total


def _one_of(said: Tensor, true: Tensor, smoothing: float) -> Tensor:
    """returns : (B,), cross entropy"""
    return F.cross_entropy(said, true.argmax(dim=1), label_smoothing=smoothing, reduction="none")


def _follow(mean: EyesBranch, branch: EyesBranch, *, share: float) -> None:
    with torch.no_grad():
        for kept, moving in zip(mean.parameters(), branch.parameters(), strict=True):
            kept.lerp_(moving, share)


def branch_logits(branch: EyesBranch, view: NDArray[np.float16], *, rows_per_pass: int = 32) -> NDArray[np.float32]:
    """view : (N, 192, 7, 7) · returns : (N, C)"""
    parts = []
    with torch.inference_mode():
        for start in range(0, len(view), rows_per_pass):
            hidden = torch.from_numpy(np.array(view[start : start + rows_per_pass])).float()
            parts.append(branch(hidden.contiguous(memory_format=torch.channels_last)))
    return np.asarray(torch.cat(parts).numpy())
