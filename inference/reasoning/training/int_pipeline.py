"""InT: rows that teach a model the step at which it first went wrong (arXiv 2601.14209), journalled item by item.

Measured pass rate -> failed rollouts -> first critical error and one step in its place -> leak check -> continuations
from the original step and from the intervention -> kept or repaired again, up to `max_repairs` times.

Against the paper: an intervention is kept only if it is also better than the step it replaces, and chains with several
errors are repaired several times before the filter; one repair leaves all of those unkept (decision 0024).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

from inference.lab.journal import Journal
from inference.lab.recipe import recipe_key
from inference.progress import ProgressCallback, ignore_progress
from inference.reasoning.training.problem import (
    Attempt,
    Grader,
    Intervention,
    Problem,
    Proposer,
    Solver,
    Start,
    Steps,
)

Reason = Literal["kept", "no_proposal", "unsound", "leak", "goes_back", "no_continuation_right", "not_better"]


@dataclass(frozen=True, slots=True, kw_only=True)
class IntOptions:
    """`max_pass_rate`: problems measured above it are not hard · `num_proposals`: for one attempt, of which the first
    that is not refused counts. The paper continues 32 times; processors manage 8."""

    num_measured: int = 8
    max_pass_rate: float = 0.1
    num_failed: int = 1
    num_proposals: int = 4
    num_continuations: int = 8
    max_repairs: int = 3
    chunk: int = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A problem with rollouts of the unaided model."""

    problem: Problem
    rollouts: tuple[Steps, ...]
    is_right: tuple[bool, ...]

    @property
    def pass_rate(self) -> float:
        return sum(self.is_right) / len(self.is_right)

    @property
    def failed(self) -> list[Steps]:
        return [steps for steps, right in zip(self.rollouts, self.is_right, strict=True) if not right]

    @property
    def passed(self) -> list[Steps]:
        return [steps for steps, right in zip(self.rollouts, self.is_right, strict=True) if right]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one failed attempt. `steps`: the correct prefix and the last intervention, the row to train on.

    `num_right` and `num_right_original` of `num_continuations` each; `repairs` are the interventions in order.
    """

    problem: Problem
    reason: Reason
    steps: Steps = ()
    repairs: tuple[Intervention, ...] = ()
    num_right: int = 0
    num_right_original: int = 0
    num_continuations: int = 0

    @property
    def is_kept(self) -> bool:
        return self.reason == "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """An attempt under repair."""

    key: str
    attempt: Attempt
    repairs: tuple[Intervention, ...] = ()

    @property
    def earliest(self) -> int:
        """No repair goes back behind the one before it."""
        return self.repairs[-1].location + 1 if self.repairs else 0


class IntPipeline:
    def __init__(
        self,
        *,
        solver: Solver,
        proposer: Proposer,
        grader: Grader,
        journal: Journal,
        options: IntOptions | None = None,
        report: ProgressCallback = ignore_progress,
    ) -> None:
        self._solver = solver
        self._proposer = proposer
        self._grader = grader
        self._journal = journal
        self._options = options or IntOptions()
        self._report = report

    def measure(self, problems: Sequence[Problem]) -> list[Measured]:
        """Rollouts of every problem, graded."""
        num = self._options.num_measured
        items = [(_key(self._solver.id, asdict(problem), num), Start(problem=problem)) for problem in problems]
        values = self._journal.mapped(
            "measure",
            items,
            lambda some, seed: self._solver.continuations(some, num_samples=num, seed=seed),
            chunk=self._options.chunk,
            report=self._report,
        )
        return [self._measured(problem, value) for problem, value in zip(problems, values, strict=True)]

    def hard(self, measured: Sequence[Measured]) -> list[Measured]:
        return [one for one in measured if one.pass_rate <= self._options.max_pass_rate]

    def interventions(self, hard: Sequence[Measured]) -> list[Outcome]:
        """One outcome for each failed attempt that was looked at, kept or not."""
        opened = [
            _Open(
                key=_key(self._solver.id, self._proposer.name, asdict(one.problem), number, steps),
                attempt=Attempt(problem=one.problem, steps=steps),
            )
            for one in hard
            for number, steps in enumerate(one.failed[: self._options.num_failed])
        ]
        outcomes: list[Outcome] = []
        for repair in range(1, self._options.max_repairs + 1):
            opened, closed = self._repair(opened, is_last=repair == self._options.max_repairs, stage=f"repair {repair}")
            outcomes += closed
        return outcomes

    def _repair(self, opened: Sequence[_Open], *, is_last: bool, stage: str) -> tuple[list[_Open], list[Outcome]]:
        """Those to repair again, and what became of the others."""
        repaired, closed = self._repaired(opened, stage)
        again: list[_Open] = []
        for one, with_repair, original in self._continued(repaired, stage):
            outcome = self._outcome(one, with_repair, original)
            failed = next((steps for steps in with_repair if not self._is_right(one, steps)), None)
            if outcome.reason != "no_continuation_right" or is_last or failed is None:
                closed.append(outcome)
            else:
                again.append(replace(one, key=_key(one.key, failed), attempt=replace(one.attempt, steps=failed)))
        return again, closed

    def _repaired(self, opened: Sequence[_Open], stage: str) -> tuple[list[_Open], list[Outcome]]:
        """Those with an intervention more, and those of which every proposal was refused, by the last one's reason."""
        repaired: list[_Open] = []
        refused: dict[str, Reason] = {}
        left = list(opened)
        for turn in range(1, self._options.num_proposals + 1):
            again = []
            for one, proposal in zip(left, self._proposed(left, f"{stage}: proposals {turn}"), strict=True):
                reason = self._refusal(one, proposal)
                if proposal is None or reason is not None:
                    refused[one.key] = reason or "no_proposal"
                    again.append(one)
                else:
                    repaired.append(replace(one, repairs=(*one.repairs, proposal)))
            left = again
        return repaired, [
            Outcome(problem=one.attempt.problem, reason=refused[one.key], repairs=one.repairs) for one in left
        ]

    def _proposed(self, opened: Sequence[_Open], stage: str) -> list[Intervention | None]:
        values = self._journal.mapped(
            stage,
            [(one.key, one.attempt) for one in opened],
            lambda some, seed: [found and asdict(found) for found in self._proposer.propose(some, seed=seed)],
            chunk=self._options.chunk,
            report=self._report,
        )
        return [Intervention(**value) if value else None for value in values]

    def _refusal(self, one: _Open, proposal: Intervention | None) -> Reason | None:
        problem = one.attempt.problem
        if proposal is None or not 0 <= proposal.location < len(one.attempt.steps):
            return "no_proposal"
        if proposal.location < one.earliest:
            return "goes_back"
        if self._grader.leaks(problem, proposal.text):
            return "leak"
        return None if self._grader.is_sound(problem, proposal.text) else "unsound"

    def _continued(self, repaired: Sequence[_Open], stage: str) -> list[tuple[_Open, list[Steps], list[Steps]]]:
        """Continuations from the intervention, and from the step that it replaces."""
        from_repair = [(one.key, Start(problem=one.attempt.problem, steps=_with_repair(one))) for one in repaired]
        from_original = [(one.key, Start(problem=one.attempt.problem, steps=_original(one))) for one in repaired]
        found = [
            self._journal.mapped(
                f"{stage}: {name}",
                starts,
                lambda some, seed: self._solver.continuations(
                    some, num_samples=self._options.num_continuations, seed=seed
                ),
                chunk=self._options.chunk,
                report=self._report,
            )
            for name, starts in (("from the intervention", from_repair), ("from the original step", from_original))
        ]
        return [
            (one, [tuple(steps) for steps in better], [tuple(steps) for steps in original])
            for one, better, original in zip(repaired, *found, strict=True)
        ]

    def _outcome(self, one: _Open, with_repair: Sequence[Steps], original: Sequence[Steps]) -> Outcome:
        num_right = sum(self._is_right(one, steps) for steps in with_repair)
        num_original = sum(self._is_right(one, steps) for steps in original)
        reason: Reason = "kept" if num_right > num_original else "not_better"
        return Outcome(
            problem=one.attempt.problem,
            reason=reason if num_right else "no_continuation_right",
            steps=_with_repair(one),
            repairs=one.repairs,
            num_right=num_right,
            num_right_original=num_original,
            num_continuations=len(with_repair),
        )

    def _is_right(self, one: _Open, steps: Steps) -> bool:
        return self._grader.is_correct(one.attempt.problem, steps)

    def _measured(self, problem: Problem, rollouts: Sequence[Sequence[str]]) -> Measured:
        chains = tuple(tuple(steps) for steps in rollouts)
        right = tuple(self._grader.is_correct(problem, steps) for steps in chains)
        return Measured(problem=problem, rollouts=chains, is_right=right)


def unkept_problems(outcomes: Sequence[Outcome]) -> dict[str, Reason]:
    """Problems of which no attempt was kept, with the last reason: for a person to look at."""
    kept = {outcome.problem.id for outcome in outcomes if outcome.is_kept}
    return {outcome.problem.id: outcome.reason for outcome in outcomes if outcome.problem.id not in kept}


def _with_repair(one: _Open) -> Steps:
    last = one.repairs[-1]
    return (*one.attempt.steps[: last.location], last.text)


def _original(one: _Open) -> Steps:
    return one.attempt.steps[: one.repairs[-1].location + 1]


def _key(*parts: object) -> str:
    return recipe_key(*parts)
