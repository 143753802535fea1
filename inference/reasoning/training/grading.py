"""The pipeline's grader over sheets: verifiers decide what is right, recomputation what is sound."""

from collections.abc import Mapping, Sequence

from inference.reasoning.recompute import StepChecker
from inference.reasoning.rewards import RewardBreakdown, reward
from inference.reasoning.schema import Chain
from inference.reasoning.segment import parse_chain
from inference.reasoning.sheet import keys_in
from inference.reasoning.training.case import ReasoningCase
from inference.reasoning.training.problem import Problem, Steps
from inference.reasoning.training.row_text import ANSWER_MARK, steps_text
from inference.reasoning.verifiers.registry import verify


class SheetGrader:
    """Of cases, by their problems' ids."""

    def __init__(self, cases: Sequence[ReasoningCase]) -> None:
        self.cases: Mapping[str, ReasoningCase] = {case.id: case for case in cases}

    def is_correct(self, problem: Problem, steps: Steps) -> bool:
        chain = self.chain(steps)
        return chain.is_parseable and verify(chain.answer, self.cases[problem.id].gold).is_right

    def leaks(self, problem: Problem, text: str) -> bool:
        """By what a step declares: short answers ("3", "yes") stand in nearly every right step as a part."""
        lower = text.lower()
        if ANSWER_MARK.lower() in lower or "answer is" in lower:
            return True
        return verify(text, self.cases[problem.id].gold).is_right

    def is_sound(self, problem: Problem, text: str) -> bool:
        """One line that cites nothing that is not there."""
        known = self.cases[problem.id].sheet.by_key()
        return bool(text.strip()) and "\n" not in text and all(key in known for key in keys_in(text))

    def reward(self, problem: Problem, steps: Steps) -> RewardBreakdown:
        case = self.cases[problem.id]
        return reward(self.chain(steps), case.gold, case.sheet, key_facts=case.key_facts, rules=case.rules)

    def cites_validly(self, problem: Problem, steps: Steps) -> bool:
        """Whether everything that the chain cites is on the sheet, and nothing it says of it is wrong."""
        case = self.cases[problem.id]
        checker = StepChecker(case.sheet, rules=case.rules)
        return all(checker.check(step).mark != "wrong" for step in self.chain(steps).steps)

    def cites_what_exists(self, problem: Problem, steps: Steps) -> bool:
        """Whether every key that the chain cites is on the sheet, whatever it says of it."""
        known = self.cases[problem.id].sheet.by_key()
        return all(key in known for key in keys_in(" ".join(self.chain(steps).steps)))

    def held(self, problem: Problem, steps: Steps) -> tuple[int, int]:
        """Steps that code recomputed or found supported, and all."""
        case = self.cases[problem.id]
        checker = StepChecker(case.sheet, rules=case.rules)
        marks = [checker.check(step).mark for step in self.chain(steps).steps]
        return sum(mark in ("recomputed", "supported") for mark in marks), len(marks)

    @staticmethod
    def chain(steps: Steps) -> Chain:
        return parse_chain(steps_text(steps))
