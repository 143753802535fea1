"""Two ways to learn: from rows (supervised), and from what comes out right (reinforcement)."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from random import Random

import torch
from torch import Tensor

from inference.reasoning.evaluation.toy.network import Network
from inference.reasoning.evaluation.toy.rows import IGNORED, Row, answered, asked, batch_of, loss_on
from inference.reasoning.evaluation.toy.solver import ToyGrader, ToySolver
from inference.reasoning.evaluation.toy.words import END
from inference.reasoning.training.problem import Problem, Start, Steps


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisedRecipe:
    """Half of every batch is rehearsal: what the base already does right. Without it InT forgets the easy cases."""

    num_steps: int = 60
    batch: int = 32
    rate: float = 5e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class ReinforcedRecipe:
    """Advantage is the reward less its group's mean, not divided by anything; no penalty for leaving the start.

    `easy_share` caps what the easy problems take of a batch.
    """

    num_steps: int = 30
    num_prompts: int = 16
    num_samples: int = 8
    rate: float = 2e-4
    easy_share: float = 0.25


@dataclass(frozen=True, slots=True)
class Learned:
    """`num_generated`, `num_trained`: tokens · `idle_share`: groups without a gradient, all right or all wrong."""

    network: Network
    num_generated: int
    num_trained: int
    idle_share: float = 0.0


def supervised(
    base: Network, rows: Sequence[Row], rehearsal: Sequence[Row], recipe: SupervisedRecipe, *, seed: int
) -> Learned:
    """A copy of `base` that learnt the rows. Without rows all of a batch is rehearsal."""
    network, random = deepcopy(base), Random(seed)
    optimizer = torch.optim.AdamW(network.parameters(), lr=recipe.rate, weight_decay=0.0)
    num_trained = 0
    for _ in range(recipe.num_steps):
        num_task = recipe.batch // 2 if rows else 0
        batch = [*random.choices(rows or [rehearsal[0]], k=num_task)]
        batch += random.choices(rehearsal, k=recipe.batch - num_task)
        optimizer.zero_grad()
        torch.autograd.backward(loss_on(network, batch))
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        num_trained += sum(len(row.tokens) for row in batch)
    return Learned(network, 0, num_trained)


def reinforced(
    start: Network, hard: Sequence[Problem], easy: Sequence[Problem], recipe: ReinforcedRecipe, *, seed: int
) -> Learned:
    """A copy of `start` after as many steps as the recipe says: each one update on fresh rollouts."""
    network, random = deepcopy(start), Random(seed)
    optimizer = torch.optim.AdamW(network.parameters(), lr=recipe.rate, weight_decay=0.0)
    solver, grader = ToySolver(network, "learner"), ToyGrader()
    num_easy = round(recipe.num_prompts * recipe.easy_share)
    num_trained, idle, groups = 0, 0, 0
    for _ in range(recipe.num_steps):
        problems = [*random.sample(hard, recipe.num_prompts - num_easy), *random.sample(easy, num_easy)]
        starts = [Start(problem=problem) for problem in problems]
        chains = solver.continuations(starts, num_samples=recipe.num_samples, seed=random.getrandbits(31))
        rows, advantages = [], []
        for problem, group in zip(problems, chains, strict=True):
            rewards = [float(grader.is_correct(problem, chain)) for chain in group]
            mean = sum(rewards) / len(rewards)
            groups, idle = groups + 1, idle + (mean in (0.0, 1.0))
            rows += [_row(problem, chain) for chain in group]
            advantages += [reward - mean for reward in rewards]
        num_trained += _step(network, optimizer, rows, advantages)
    return Learned(network, solver.num_generated, num_trained, idle / groups)


def _row(problem: Problem, chain: Steps) -> Row:
    return answered(asked(problem.prompt), " ".join(chain), is_ended=END not in " ".join(chain).split())


def _step(network: Network, optimizer: torch.optim.Optimizer, rows: Sequence[Row], advantages: Sequence[float]) -> int:
    """One update · returns the tokens it was made of: rows without an advantage cost nothing."""
    telling = [(row, advantage) for row, advantage in zip(rows, advantages, strict=True) if advantage]
    if not telling:
        return 0
    limit = network.size.max_length
    cut = [Row(row.tokens[:limit], row.is_target[:limit]) for row, _ in telling]
    weights = torch.tensor([advantage for _, advantage in telling])
    optimizer.zero_grad()
    chosen, counts = _log_likelihoods(network, cut)
    torch.autograd.backward(-(weights * (chosen * counts).sum(dim=1)).sum() / (len(rows) * counts.sum(dim=1).mean()))
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimizer.step()
    return sum(len(row.tokens) for row in cut)


def _log_likelihoods(network: Network, rows: Sequence[Row]) -> tuple[Tensor, Tensor]:
    """Each (B, L-1): of the token that stands there, and whether it counts."""
    tokens, labels = batch_of(rows)
    logits, _ = network(tokens)
    counts = (labels != IGNORED).float()
    chosen = logits.log_softmax(dim=-1).gather(-1, labels.clamp(min=0)[..., None])[..., 0]
    return chosen, counts
