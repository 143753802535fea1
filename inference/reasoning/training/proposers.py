"""Who names the first wrong step and the right one in its place: the model itself, code, or a clinician."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from inference.engines.chat_format import ChatMl
from inference.reasoning.prompts import VERIFYING_VERSION, verifying_messages
from inference.reasoning.recompute import StepChecker
from inference.reasoning.segment import parse_chain, written
from inference.reasoning.training.case import ReasoningCase
from inference.reasoning.training.local_solver import LocalSolver
from inference.reasoning.training.problem import Attempt, Intervention, Steps
from inference.reasoning.training.row_text import ANSWER_MARK

# Journals know proposals by it.
SELF_VERIFY = f"self_verify {VERIFYING_VERSION}"
_PROPOSED = re.compile(r"(?:step\s+)?(\d{1,2})\s*[.:)]\s*([^\n]+)", re.IGNORECASE)


@dataclass(slots=True)
class SelfVerifyProposer:
    """The model, with its adapter off, reads the reference beside its own attempt. `solver` must be bare."""

    solver: LocalSolver
    cases: Mapping[str, ReasoningCase]
    name: str = SELF_VERIFY

    def propose(self, attempts: Sequence[Attempt], *, seed: int) -> list[Intervention | None]:
        prompts = [self._asked(attempt) for attempt in attempts]
        texts = self.solver.generate(prompts, num_samples=1, seed=seed)
        return [_read(attempt, text[0]) for attempt, text in zip(attempts, texts, strict=True)]

    def _asked(self, attempt: Attempt) -> list[int]:
        case = self.cases[attempt.problem.id]
        messages = verifying_messages(case.sheet.text, case.question, attempt.problem.reference, written(attempt.steps))
        return list(self.solver.tokenizer.encode(ChatMl().render(messages).rest, add_special_tokens=False))


@dataclass(slots=True)
class LazyProposer:
    """Self-verification whose model is loaded when something has to be proposed."""

    load: Callable[[], SelfVerifyProposer]
    name: str = SELF_VERIFY

    def propose(self, attempts: Sequence[Attempt], *, seed: int) -> list[Intervention | None]:
        return self.load().propose(attempts, seed=seed)


@dataclass(slots=True)
class StructuredDiffProposer:
    """No model: the first step that code finds wrong, or that the reference does not have; in its place the reference's
    next step."""

    cases: Mapping[str, ReasoningCase]
    name: str = "structured_diff"

    def propose(self, attempts: Sequence[Attempt], *, seed: int) -> list[Intervention | None]:
        return [self._differs(attempt) for attempt in attempts]

    def _differs(self, attempt: Attempt) -> Intervention | None:
        case = self.cases[attempt.problem.id]
        checker = StepChecker(case.sheet, rules=case.rules)
        wanted = list(parse_chain(attempt.problem.reference).steps)
        for location, step in enumerate(attempt.steps):
            is_wrong = checker.check(step).mark == "wrong"
            if step in wanted and not is_wrong:
                # What the reference says later may be said now; what comes before it is still owed.
                wanted.remove(step)
                continue
            if wanted and (is_wrong or step.startswith(ANSWER_MARK) or not _is_harmless(step, case)):
                return Intervention(location=location, text=wanted[0], source="structured_diff")
        return None


@dataclass(slots=True)
class ClinicianProposer:
    """Marks that people made: of a problem, the first wrong step and the right one."""

    marks: Mapping[str, Intervention]
    name: str = "clinician"

    def propose(self, attempts: Sequence[Attempt], *, seed: int) -> list[Intervention | None]:
        """A mark is for the attempt that it was made on: elsewhere its place may be another."""
        return [self._for(attempt) for attempt in attempts]

    def _for(self, attempt: Attempt) -> Intervention | None:
        mark = self.marks.get(attempt.problem.id)
        return mark if mark is not None and mark.location < len(attempt.steps) else None


def _is_harmless(step: str, case: ReasoningCase) -> bool:
    """A step beside the way, which code finds true by itself."""
    return StepChecker(case.sheet, rules=case.rules).check(step).mark == "supported"


def _read(attempt: Attempt, text: str) -> Intervention | None:
    """The first line that names a step: one was asked for. Numbers begin with 1."""
    found = _PROPOSED.search(text)
    if found is None:
        return None
    number, step = found.groups()
    location = int(number) - 1
    if not 0 <= location < len(attempt.steps) or _is_same(attempt.steps, location, step):
        return None
    return Intervention(location=location, text=step.strip(), source="self_verify")


def _is_same(steps: Steps, location: int, text: str) -> bool:
    return steps[location].strip() == text.strip()
