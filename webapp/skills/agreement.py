"""How far two raters agree: Cohen's weighted kappa with quadratic weights (Cohen 1968, Psychol Bull 70:213)."""

from collections.abc import Sequence
from dataclasses import dataclass

# Below this many pairs a kappa says nothing, and none is shown.
LEAST_PAIRS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """`kappa` : 1 for always the same, 0 for no more than chance; None for too few pairs."""

    num_pairs: int
    kappa: float | None


def agreement(pairs: Sequence[tuple[int, int]], *, num_ranks: int) -> Agreement:
    kappa = weighted_kappa(pairs, num_ranks=num_ranks) if len(pairs) >= LEAST_PAIRS else None
    return Agreement(num_pairs=len(pairs), kappa=kappa)


def weighted_kappa(pairs: Sequence[tuple[int, int]], *, num_ranks: int) -> float | None:
    """`pairs` : ranks in 0..num_ranks-1. None where chance alone would agree wholly: all gave the same rank."""
    total = len(pairs)
    if total == 0 or num_ranks < 2:
        return None
    seen = sum(_weight(one, other, num_ranks) for one, other in pairs) / total
    first = [sum(one == rank for one, _ in pairs) / total for rank in range(num_ranks)]
    second = [sum(other == rank for _, other in pairs) / total for rank in range(num_ranks)]
    chance = sum(
        first[one] * second[other] * _weight(one, other, num_ranks)
        for one in range(num_ranks)
        for other in range(num_ranks)
    )
    return None if chance == 0 else 1 - seen / chance


def _weight(one: int, other: int, num_ranks: int) -> float:
    return (one - other) ** 2 / (num_ranks - 1) ** 2
