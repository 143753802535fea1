"""Episodes as deployment has them: one task, a reference of each level, queries by people who are not among them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.avbanet.reference import LEVELS
from inference.avbanet.training.trials import Trial

# A mistake shows from a second before its moment, when the tool goes astray, to some seconds after: the repair.
MISTAKE_BEFORE_S, MISTAKE_AFTER_S = 1.0, 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """One trial as tensors. values : (T, D) · usable, mistakes : (T,) · level : index into LEVELS"""

    task: str
    person: int
    level: int
    skill: float
    values: Tensor
    usable: Tensor
    mistakes: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Episodes:
    """E episodes of one shape. Rows: of each episode the support, level by level, then the queries, level by level.

    values : (E, R, T, D) · usable : (E, R, T) · skill : (E, R) · truth : (Q,), level of each query
    """

    values: Tensor
    usable: Tensor
    skill: Tensor
    truth: Tensor
    num_support: int


def prepared(trial: Trial) -> Prepared:
    sequence = trial.sequence
    return Prepared(
        task=trial.task,
        person=trial.operator.number,
        level=LEVELS.index(trial.operator.level),
        skill=trial.operator.skill,
        values=torch.from_numpy(sequence.values),
        usable=torch.from_numpy(sequence.usable),
        mistakes=torch.from_numpy(mistake_seconds(sequence.times_s, trial.errors_s)).float(),
    )


def mistake_seconds(times_s: NDArray[np.float64], errors_s: Sequence[float]) -> NDArray[np.bool_]:
    """(T,), whether a second, [t, t + 1), lies about a mistake."""
    about = np.zeros(len(times_s), dtype=bool)
    for error_s in errors_s:
        about |= (times_s + 1 > error_s - MISTAKE_BEFORE_S) & (times_s < error_s + MISTAKE_AFTER_S)
    return about


class EpisodeSampler:
    """Draws episodes of a few tasks; `length_s` is that of every clip in a draw, cut at any place."""

    def __init__(self, trials: Sequence[Prepared], random: np.random.Generator) -> None:
        self._random = random
        self._tasks = sorted({trial.task for trial in trials})
        self._by_place = {
            (task, level): [trial for trial in trials if (trial.task, trial.level) == (task, level)]
            for task in self._tasks
            for level in range(len(LEVELS))
        }

    def draw(self, num_episodes: int, *, shots: int, queries: int, length_s: int) -> Episodes:
        """`shots` references and `queries` queries of each level, all by different people."""
        rows = [[self._cut(trial, length_s) for trial in self._people(shots, queries)] for _ in range(num_episodes)]
        truth = torch.arange(len(LEVELS)).repeat_interleave(queries)
        return Episodes(
            values=torch.stack([torch.stack([one.values for one in episode]) for episode in rows]),
            usable=torch.stack([torch.stack([one.usable for one in episode]) for episode in rows]),
            skill=torch.tensor([[one.skill for one in episode] for episode in rows]),
            truth=truth,
            num_support=shots * len(LEVELS),
        )

    def _people(self, shots: int, queries: int) -> list[Prepared]:
        task = self._tasks[int(self._random.integers(len(self._tasks)))]
        support: list[Prepared] = []
        query: list[Prepared] = []
        for level in range(len(LEVELS)):
            trials = self._by_place[task, level]
            chosen = self._random.choice(len(trials), size=shots + queries, replace=False)
            support += [trials[one] for one in chosen[:shots]]
            query += [trials[one] for one in chosen[shots:]]
        return support + query

    def _cut(self, trial: Prepared, length_s: int) -> Prepared:
        start = int(self._random.integers(max(1, len(trial.usable) - length_s + 1)))
        part = slice(start, start + length_s)
        return Prepared(
            task=trial.task,
            person=trial.person,
            level=trial.level,
            skill=trial.skill,
            values=_to_length(trial.values[part], length_s),
            usable=_to_length(trial.usable[part], length_s),
            mistakes=_to_length(trial.mistakes[part], length_s),
        )


def _to_length(values: Tensor, length: int) -> Tensor:
    """A shorter clip is padded at its end, and what is added is not usable."""
    missing = length - len(values)
    return values if not missing else torch.cat([values, values.new_zeros(missing, *values.shape[1:])])
