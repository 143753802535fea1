"""What the training of reasoning is made of: problems with references, chains of steps, who solves and who grades."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Source = Literal["self_verify", "structured_diff", "clinician"]
# A chain of reasoning, step by step; the last one declares the answer.
Steps = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """`prompt` is all that the solver sees; `reference` and `gold` never stand in it. `version` of the reference."""

    id: str
    prompt: str
    reference: str
    gold: str
    stratum: str
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where a solver goes on from: a problem and the steps that are given."""

    problem: Problem
    steps: Steps = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervention:
    """One right step in place of the first wrong one, which stands at `location` (0 is the first)."""

    location: int
    text: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A whole chain that ended wrong."""

    problem: Problem
    steps: Steps


class Solver(Protocol):
    @property
    def id(self) -> str:
        """Names the weights: another id never reuses what this one wrote."""
        ...

    def continuations(self, starts: Sequence[Start], *, num_samples: int, seed: int) -> list[list[Steps]]:
        """Whole chains, those given included; the same for the same starts and seed."""
        ...


class Grader(Protocol):
    def is_correct(self, problem: Problem, steps: Steps) -> bool: ...

    def leaks(self, problem: Problem, text: str) -> bool:
        """Whether a step declares the answer itself."""
        ...

    def is_sound(self, problem: Problem, text: str) -> bool:
        """Whether a step may stand in a chain at all: it has the form, and what it cites exists."""
        ...


class Proposer(Protocol):
    @property
    def name(self) -> str: ...

    def propose(self, attempts: Sequence[Attempt], *, seed: int) -> list[Intervention | None]:
        """For each attempt its first critical error and the step in its place; None where it finds none."""
        ...
