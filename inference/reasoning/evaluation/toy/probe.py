"""How often a network is right, how sure it is of its next word, and how strange a row is to it."""

from collections.abc import Sequence

import torch

from inference.reasoning.evaluation.toy.network import Network
from inference.reasoning.evaluation.toy.rows import IGNORED, Row, answered, asked, batch_of, loss_on
from inference.reasoning.evaluation.toy.solver import ToyGrader, ToySolver
from inference.reasoning.training.problem import Problem, Start


def pass_at_1(network: Network, problems: Sequence[Problem], *, num_samples: int, seed: int) -> float:
    """At temperature 1."""
    chains = ToySolver(network, "examined").continuations(
        [Start(problem=problem) for problem in problems], num_samples=num_samples, seed=seed
    )
    grader = ToyGrader()
    right = [grader.is_correct(problem, one) for problem, group in zip(problems, chains, strict=True) for one in group]
    return sum(right) / len(right)


@torch.inference_mode()
def entropy(network: Network, problems: Sequence[Problem], *, seed: int) -> float:
    """Nats, mean over the tokens of one chain a problem."""
    starts = [Start(problem=problem) for problem in problems]
    chains = ToySolver(network, "examined").continuations(starts, num_samples=1, seed=seed)
    rows = [
        answered(asked(p.prompt), " ".join(group[0]), is_ended=False) for p, group in zip(problems, chains, strict=True)
    ]
    tokens, labels = batch_of(rows)
    likely = network(tokens)[0].log_softmax(dim=-1)
    spread = -(likely.exp() * likely).sum(dim=-1)
    return float(spread[labels != IGNORED].mean())


@torch.inference_mode()
def strangeness(network: Network, rows: Sequence[Row]) -> float:
    """Negative log-likelihood a token of rows under a network."""
    return float(loss_on(network, rows)) if rows else float("nan")
