"""InT's pipeline on a solver made of rules: what is kept, what is not and why, and that a journal changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from inference.lab.journal import IN_MEMORY, Journal
from inference.reasoning.training.int_pipeline import IntOptions, IntPipeline, Outcome, unkept_problems
from inference.reasoning.training.problem import Attempt, Intervention, Problem, Start, Steps

RIGHT: Steps = ("a", "b", "c", "answer 3")
OPTIONS = IntOptions(num_measured=2, num_continuations=4, chunk=2)


def problem(number: int, stratum: str = "hard") -> Problem:
    return Problem(id=f"p{number}", prompt=f"sum {number}", reference="a b c", gold="3", stratum=stratum)


@dataclass
class RuleSolver:
    """Writes `wrong` at those places unless the right step is given there; right answers need all steps right."""

    wrong: dict[int, str]
    calls: int = 0
    id: str = "rules"

    def continuations(self, starts: Sequence[Start], *, num_samples: int, seed: int) -> list[list[Steps]]:
        self.calls += 1
        return [[self._chain(start.steps)] * num_samples for start in starts]

    def _chain(self, given: Steps) -> Steps:
        steps = [*given, *(self.wrong.get(at, RIGHT[at]) for at in range(len(given), 3))][:3]
        return (*steps, "answer 3" if tuple(steps) == RIGHT[:3] else "answer 4")


class Grader:
    def is_correct(self, problem: Problem, steps: Steps) -> bool:
        return steps[-1] == "answer 3"

    def leaks(self, problem: Problem, text: str) -> bool:
        return text.startswith("answer")

    def is_sound(self, problem: Problem, text: str) -> bool:
        return "?" not in text


@dataclass
class Told:
    """Proposes the first wrong step's right one; or, of a problem, what it is told."""

    instead: dict[str, Intervention | None] = field(default_factory=dict)
    name: str = "told"

    def propose(self, attempts: Sequence[Attempt], *, seed: int) -> list[Intervention | None]:
        return [self.instead.get(one.problem.id, self._first(one.steps)) for one in attempts]

    def _first(self, steps: Steps) -> Intervention | None:
        for at, (step, right) in enumerate(zip(steps, RIGHT, strict=True)):
            if step != right:
                return Intervention(location=at, text=right, source="structured_diff")
        return None


def outcomes(
    solver: RuleSolver, proposer: Told, *, num: int = 1, options: IntOptions = OPTIONS, journal: Journal | None = None
) -> list[Outcome]:
    pipeline = IntPipeline(
        solver=solver,
        proposer=proposer,
        grader=Grader(),
        journal=journal or Journal(IN_MEMORY, recipe="test"),
        options=options,
    )
    measured = pipeline.measure([problem(number) for number in range(num)])
    return pipeline.interventions(pipeline.hard(measured))


def test_one_wrong_step_gives_a_row_of_the_prefix_and_the_right_step_and_nothing_after() -> None:
    (kept,) = outcomes(RuleSolver({1: "x"}), Told())
    assert (kept.reason, kept.steps) == ("kept", ("a", "b"))
    assert (kept.num_right, kept.num_right_original, kept.num_continuations) == (4, 0, 4)


def test_two_wrong_steps_need_two_repairs_and_with_one_they_are_not_kept() -> None:
    solver = RuleSolver({0: "x", 2: "y"})
    (kept,) = outcomes(solver, Told())
    assert (kept.reason, kept.steps) == ("kept", ("a", "b", "c"))
    assert [one.location for one in kept.repairs] == [0, 2]
    (single,) = outcomes(solver, Told(), options=IntOptions(num_measured=2, num_continuations=4, max_repairs=1))
    assert single.reason == "no_continuation_right"


def test_a_solver_that_is_right_is_not_hard() -> None:
    assert outcomes(RuleSolver({}), Told()) == []


@pytest.mark.parametrize(
    ("proposal", "reason"),
    [
        (None, "no_proposal"),
        (Intervention(location=9, text="b", source="clinician"), "no_proposal"),
        (Intervention(location=1, text="answer 3", source="clinician"), "leak"),
        (Intervention(location=1, text="b?", source="clinician"), "unsound"),
        (Intervention(location=1, text="z", source="clinician"), "goes_back"),
    ],
)
def test_what_is_not_kept_says_why_and_is_listed_for_a_person(proposal: Intervention | None, reason: str) -> None:
    found = outcomes(RuleSolver({1: "x"}), Told({"p0": proposal}))
    assert unkept_problems(found) == {"p0": reason}


def test_an_intervention_that_is_no_better_than_the_step_it_replaces_is_not_kept() -> None:
    class Lucky(RuleSolver):
        """Right from the original step as often as from the intervention, but never unaided."""

        def _chain(self, given: Steps) -> Steps:
            return (*given, "answer 3") if given else ("x", "answer 4")

    proposer = Told({"p0": Intervention(location=0, text="a", source="clinician")})
    (found,) = outcomes(Lucky({}), proposer)
    assert (found.reason, found.num_right, found.num_right_original) == ("not_better", 4, 4)


def test_a_journal_that_holds_a_run_gives_it_again_without_a_solver() -> None:
    journal = Journal(IN_MEMORY, recipe="test")
    solver = RuleSolver({0: "x", 2: "y"})
    first = outcomes(solver, Told(), num=5, journal=journal)
    calls = solver.calls
    assert outcomes(solver, Told(), num=5, journal=journal) == first
    assert solver.calls == calls


def test_another_version_of_a_reference_or_other_weights_are_computed_anew() -> None:
    journal = Journal(IN_MEMORY, recipe="test")
    outcomes(RuleSolver({1: "x"}), Told(), journal=journal)
    other = RuleSolver({1: "x"}, id="other weights")
    outcomes(other, Told(), journal=journal)
    assert other.calls
