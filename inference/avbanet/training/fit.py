"""Meta-training: within-task episodes, prototypes, cross-entropy; beside it skill as a number.

The number is known of simulated operators alone. It shapes what is embedded; a score does not use it. Seconds of
mistakes, known as well, teach a reader of their own, which no score uses.
"""

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from inference.avbanet.encoder import EncoderShape, SkillEncoder, departures, local_views
from inference.avbanet.heads import cross_entropy, prototype_head, prototypes
from inference.avbanet.reference import LEVELS
from inference.avbanet.sequence import WIDTH
from inference.avbanet.training.episodes import Episodes, EpisodeSampler, Prepared
from inference.avbanet.training.recipe import Recipe
from inference.progress import Progress, ProgressCallback, ignore_progress

MIN_SCALE = 1e-3
# From nothing to all of skill the axis goes this far: about where distances divide levels at temperature 1.
AXIS_SCALE = 6.0
# Where the middles of three levels usually lie about their mean, in skill.
AXIS_PLACES = (-0.35, 0.0, 0.35)


def fit(trials: Sequence[Prepared], recipe: Recipe, on_progress: ProgressCallback = ignore_progress) -> SkillEncoder:
    """Trains on the tasks of these trials · returns : the encoder, in evaluation mode. Deterministic by seed."""
    torch.manual_seed(recipe.seed)
    random = np.random.default_rng([recipe.seed, 3])
    encoder = SkillEncoder(EncoderShape(width=WIDTH))
    _scale(encoder, trials)
    set_axis(encoder, trials, ridge=recipe.ridge)
    set_mistakes(encoder, trials, ridge=recipe.mistake_ridge)
    skill = nn.Linear(encoder.shape.embedding + 1, 1)
    parameters = [*(one for one in encoder.parameters() if one.requires_grad), *skill.parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, recipe.learning_rate, total_steps=recipe.num_steps)
    sampler = EpisodeSampler(trials, random)
    encoder.train()
    for step in range(recipe.num_steps):
        episodes = sampler.draw(
            recipe.episodes_per_step,
            shots=int(random.integers(1, recipe.max_shots + 1)),
            queries=recipe.queries,
            length_s=int(random.integers(recipe.lengths_s[0], recipe.lengths_s[1] + 1)),
        )
        loss = _loss(encoder, skill, _as_elsewhere(encoder, episodes, recipe), episodes, recipe)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        schedule.step()
        on_progress(Progress(done=step + 1, total=recipe.num_steps, unit="steps"))
    return encoder.eval()


def _scale(encoder: SkillEncoder, trials: Sequence[Prepared]) -> None:
    """Columns to mean 0 and deviation 1 over the usable seconds of the sources."""
    rows = torch.cat([trial.values[trial.usable] for trial in trials])
    encoder.mean.copy_(rows.mean(dim=0))
    encoder.scale.copy_(rows.std(dim=0).clamp_min(MIN_SCALE))


def set_axis(encoder: SkillEncoder, trials: Sequence[Prepared], *, ridge: float) -> None:
    """Ridge regression of skill on a clip's mean views, each task about its own mean: what a task is, tells nothing."""
    views = torch.stack([_mean_view(encoder, trial) for trial in trials]).double()
    skill = torch.tensor([trial.skill for trial in trials]).double()
    for task in {trial.task for trial in trials}:
        rows = torch.tensor([trial.task == task for trial in trials])
        views[rows] -= views[rows].mean(dim=0)
        skill[rows] -= skill[rows].mean()
    spread = views.std(dim=0) + MIN_SCALE
    views = views / spread
    solved = torch.linalg.solve(views.T @ views + ridge * torch.eye(views.shape[1]).double(), views.T @ skill)
    with torch.no_grad():
        encoder.axis.weight.copy_(AXIS_SCALE * (solved / spread)[None].float())
        means = torch.tensor([[AXIS_SCALE * place] for place in AXIS_PLACES])
        encoder.spacing[:, :1].copy_(means)
    encoder.axis.weight.requires_grad_(False)


def set_mistakes(encoder: SkillEncoder, trials: Sequence[Prepared], *, ridge: float) -> None:
    """Ridge regression of whether a second lies about a mistake. ridge : a second's share of the penalty"""
    views = torch.cat([_departures(encoder, trial) for trial in trials]).double()
    truth = torch.cat([trial.mistakes[trial.usable] for trial in trials]).double()
    spread = views.std(dim=0) + MIN_SCALE
    middle = views.mean(dim=0)
    views = (views - middle) / spread
    penalty = ridge * len(views) * torch.eye(views.shape[1]).double()
    solved = torch.linalg.solve(views.T @ views + penalty, views.T @ (truth - truth.mean())) / spread
    with torch.no_grad():
        encoder.mistake.weight.copy_(solved[None].float())
        encoder.mistake.bias.copy_((truth.mean() - middle @ solved).float())
    encoder.mistake.requires_grad_(False)


def _departures(encoder: SkillEncoder, trial: Prepared) -> Tensor:
    scaled = (trial.values - encoder.mean) / encoder.scale
    return departures(scaled[None], trial.usable[None])[0][trial.usable]


def _mean_view(encoder: SkillEncoder, trial: Prepared) -> Tensor:
    scaled = (trial.values - encoder.mean) / encoder.scale
    return local_views(scaled[None], trial.usable[None])[0][trial.usable].mean(dim=0)


def _as_elsewhere(encoder: SkillEncoder, episodes: Episodes, recipe: Recipe) -> Tensor:
    """The same episode as in another room: references and queries change alike, so only differences can be read."""
    shape = (len(episodes.values), 1, 1, episodes.values.shape[-1])
    shift = recipe.shift * torch.randn(shape) * encoder.scale
    stretch = torch.exp(recipe.stretch * torch.randn(shape))
    return (episodes.values - encoder.mean) * stretch + encoder.mean + shift


def _loss(encoder: SkillEncoder, skill: nn.Linear, values: Tensor, episodes: Episodes, recipe: Recipe) -> Tensor:
    embedding = encoder(values.flatten(0, 1), episodes.usable.flatten(0, 1)).embedding
    named = _episode_loss(encoder, embedding.unflatten(0, values.shape[:2]), episodes)
    guessed = skill(embedding).reshape(values.shape[:2])
    guessed = F.mse_loss(_from_mean(guessed), _from_mean(episodes.skill))
    return named + recipe.skill_weight * guessed


def _from_mean(values: Tensor) -> Tensor:
    """Within each episode: a room may shift everything, and nobody's skill is known beyond a difference."""
    return values - values.mean(dim=1, keepdim=True)


def _episode_loss(encoder: SkillEncoder, embedded: Tensor, episodes: Episodes) -> Tensor:
    """embedded : (E, R, D)"""
    num_support, num_levels = episodes.num_support, len(LEVELS)
    support = torch.eye(num_levels).repeat_interleave(num_support // num_levels, dim=0)
    query = torch.eye(num_levels)[episodes.truth]
    losses = []
    for rows in embedded:
        means = prototypes(rows[:num_support], support)
        head = prototype_head(encoder.centres(means, num_support / num_levels))
        losses.append(cross_entropy(head(rows[num_support:]), query))
    return torch.stack(losses).mean()
