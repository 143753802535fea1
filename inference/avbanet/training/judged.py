"""Deployment in small: everybody of a task scored against one reference a level by other people, many times over."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from inference.avbanet.adapt import row_distance
from inference.avbanet.model import Read, SkillModel
from inference.avbanet.reference import LEVELS

NUM_EPISODES = 60

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One trial of one person, read."""

    number: int
    level: int
    read: Read


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgements:
    """logits : (N, K), before the temperature · truth, people : (N,) · embedding_distances, row_distances : (N,), to
    the nearest reference"""

    logits: Values
    truth: NDArray[np.int64]
    people: NDArray[np.int64]
    embedding_distances: Values
    row_distances: Values

    @classmethod
    def joined(cls, parts: Sequence["Judgements"]) -> "Judgements":
        return cls(
            logits=np.concatenate([part.logits for part in parts]),
            truth=np.concatenate([part.truth for part in parts]),
            people=np.concatenate([part.people for part in parts]),
            embedding_distances=np.concatenate([part.embedding_distances for part in parts]),
            row_distances=np.concatenate([part.row_distances for part in parts]),
        )


def judge(
    model: SkillModel, people: Sequence[Person], *, shots: int = 1, seed: int = 0, num_episodes: int = NUM_EPISODES
) -> Judgements:
    """`people` : of one task."""
    random = np.random.default_rng([seed, shots, 17])
    embedded = np.stack([person.read.embedding for person in people])
    rows = np.stack([person.read.row for person in people])
    levels = np.array([person.level for person in people])
    numbers = np.array([person.number for person in people])
    parts = []
    for _ in range(num_episodes):
        support = drawn(levels, shots, random)
        query = np.setdiff1d(np.arange(len(people)), support.ravel())
        logits = model.head(list(embedded[support]))(torch.from_numpy(embedded[query])).numpy()
        parts.append(
            Judgements(
                logits=logits,
                truth=levels[query],
                people=numbers[query],
                embedding_distances=_nearest(embedded, query, support),
                row_distances=np.array([min(row_distance(rows[q], rows[s]) for s in support.ravel()) for q in query]),
            )
        )
    return Judgements.joined(parts)


def drawn(levels: NDArray[np.int64], shots: int, random: np.random.Generator) -> NDArray[np.int64]:
    """(K, shots), rows of the references of each level."""
    return np.stack(
        [random.choice(np.flatnonzero(levels == level), size=shots, replace=False) for level in range(len(LEVELS))]
    )


def _nearest(embedded: Values, query: NDArray[np.int64], support: NDArray[np.int64]) -> Values:
    apart = np.linalg.norm(embedded[query][:, None] - embedded[support.ravel()][None], axis=2)
    return np.asarray(apart.min(axis=1))
