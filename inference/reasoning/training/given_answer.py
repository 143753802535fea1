"""An answer that is given and is to be explained, as in service."""

from dataclasses import dataclass, replace
from typing import Literal

from inference.evidence.citation import without
from inference.reasoning.prompts import explaining
from inference.reasoning.training.case import ReasoningCase
from inference.reasoning.training.problem import Problem, Steps
from inference.reasoning.training.row_text import ANSWER_MARK
from inference.reasoning.verifiers.registry import verify_leniently
from inference.reasoning.verifiers.words import normalised

Kind = Literal["short", "timeline", "report"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """`said`: the answer in the words in which it is shown."""

    kind: Kind
    case: ReasoningCase
    said: str

    @property
    def problem(self) -> Problem:
        problem = self.case.problem
        return replace(problem, prompt=explaining(problem.prompt, self.said))

    @property
    def reference(self) -> Steps:
        """Steps of which code holds each, and what was given, without its marks."""
        return (*self.case.reference, f"{ANSWER_MARK} {' '.join(without(self.said).split()).rstrip('.')}")

    def agrees(self, conclusion: str) -> bool:
        """Whether steps led to what was given, in its words or in fewer."""
        plain = without(conclusion)
        same = normalised(plain) == normalised(without(self.said))
        return bool(plain.strip()) and (same or verify_leniently(plain, self.case.gold).is_right)
