"""Simulated operators and their trials: drawn once, filmed by cameras of their own, read as the product reads videos.

Whoever judges an encoder holds out people, with their seeds, and a task. The skills of a level and how far people of
one skill differ were written down before anything was trained (docs/decisions/0025-skill-parameters-frozen.md).
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from inference.avbanet.reference import LEVELS, SkillSequence
from inference.simulator.spec import TASKS, SimulationSpec, Task

BOX_TASKS: tuple[Task, ...] = tuple(task for task in TASKS if task != "organ")
SKILLS_OF_LEVEL = {"novice": (0.0, 0.27), "intermediate": (0.37, 0.63), "expert": (0.73, 1.0)}
NUM_OPERATORS = 36
FIRST_OPERATOR, FIRST_SEED = 5_000, 80_000
# The design was chosen while figures of the first so many people were looked at; of later ones nobody had seen any.
NUM_LOOKED_AT = 18
# A third of each level's people is held out at a time.
NUM_FOLDS = 3
# Everybody's clip is equally long, so that nothing can be told by length.
CLIP_S = 40.0
WIDTH_PX, HEIGHT_PX, FPS = 480, 270, 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """`number` : names the way of moving too."""

    number: int
    level: str
    skill: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    operator: Operator
    spec: SimulationSpec

    @property
    def name(self) -> str:
        said = json.dumps(asdict(self), sort_keys=True)
        return f"{self.spec.task}-{self.operator.number}-{hashlib.sha256(said.encode()).hexdigest()[:8]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """`errors_s` : when mistakes happened · `path_mm` : how far the two tips went."""

    task: Task
    operator: Operator
    sequence: SkillSequence
    errors_s: tuple[float, ...]
    path_mm: float


def operators() -> list[Operator]:
    """A third of each level, skills anywhere in the level's range; the same people each time."""
    found = []
    for index in range(NUM_OPERATORS):
        number, level = FIRST_OPERATOR + index, LEVELS[index % len(LEVELS)]
        skill = float(np.random.default_rng([number, 7]).uniform(*SKILLS_OF_LEVEL[level]))
        found.append(Operator(number=number, level=level, skill=skill))
    return found


def fold_of(operator: Operator) -> int:
    """As many of each level in each fold."""
    return (operator.number - FIRST_OPERATOR) // len(LEVELS) % NUM_FOLDS


def plans(tasks: Sequence[Task] = TASKS) -> list[Plan]:
    """Everybody does every task once; the organ scene too, which never trains."""
    return [
        Plan(operator=operator, spec=_spec(operator, task, FIRST_SEED + index))
        for index, operator in enumerate(operators())
        for task in tasks
    ]


def _spec(operator: Operator, task: Task, seed: int) -> SimulationSpec:
    return SimulationSpec(
        task=task,
        skill=operator.skill,
        seed=seed,
        duration_s=CLIP_S,
        fps=FPS,
        width_px=WIDTH_PX,
        height_px=HEIGHT_PX,
        operator=operator.number,
        cameras="varied",
    )
