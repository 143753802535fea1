"""Whether a correction by people may become a reference: told to its author at once, and asked again by each round."""

import re
from dataclasses import dataclass

from inference.engines.chat_format import neutralise
from inference.reasoning.instructions import commands
from inference.reasoning.recompute import CheckedStep, StepChecker
from inference.reasoning.schema import Gold
from inference.reasoning.sheet import ReasoningSheet
from inference.reasoning.verifiers.registry import verify

MAX_STEP_CHARS = 300
_DECLARES = re.compile(r"\banswer\s*(?::|is\b)", re.IGNORECASE)
# Shorter ones stand in many a question by chance.
MIN_LEAK_CHARS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """`reference`: the steps that lead to `gold` · `mark`: the one of them that a person put in place of a wrong one,
    if any · `rules`: numbers that the question itself gives."""

    sheet: ReasoningSheet
    question: str
    gold: Gold
    reference: tuple[str, ...]
    mark: str = ""
    rules: tuple[float, ...] = ()

    @property
    def answer(self) -> str:
        return f"{self.gold.value} {self.gold.unit}".strip()


def problem_of(one: Proposed) -> str:
    """Why it cannot be trained on, in a sentence for its author; empty where it can."""
    steps = [*one.reference, *((one.mark,) if one.mark else ())]
    said = [*steps, one.answer]
    for number, text in enumerate(said, start=1):
        if "\n" in text or len(text) > MAX_STEP_CHARS or neutralise(text) != text:
            which = f"Step {number}, before the marked one," if one.mark and number < len(one.reference) else "A step"
            return f"{which} is not one line of plain text, of at most {MAX_STEP_CHARS} characters."
    if any(commands(text) for text in said):
        return "A step tells the model what to do instead of what is seen."
    if any(_DECLARES.search(step) for step in steps) or (one.mark and verify(one.mark, one.gold).is_right):
        return "A step gives the answer away instead of leading to it: say what is seen."
    if _is_given(one):
        return "The question or the sheet holds the answer already."
    if not verify(one.answer, one.gold).is_right:
        return "Its answer is not one of its own kind."
    return _wrong(one)


def unbacked(one: Proposed) -> str:
    """What code misses in the last step, which is a person's own; empty where it backs it."""
    checked = _checked(one)
    return checked[-1].note if checked and checked[-1].mark == "unsupported" else ""


def _wrong(one: Proposed) -> str:
    for step in _checked(one):
        if step.mark == "wrong":
            is_before = bool(one.mark) and step.index < len(one.reference) - 1
            where = f" before the one that is marked, step {step.index + 1}" if is_before else ""
            return f"Code finds a step of it wrong{where}: {step.note}"
    return ""


def _checked(one: Proposed) -> list[CheckedStep]:
    checker = StepChecker(one.sheet, rules=one.rules)
    return [checker.check(step) for step in one.reference]


def _is_given(one: Proposed) -> bool:
    """A step may well say a fact's own line; what people or models wrote before it must not hold the reasoning."""
    told = [one.question, *(claim.text for claim in one.sheet.claims)]
    return bool(_DECLARES.search(one.question)) or any(
        len(step) > MIN_LEAK_CHARS and step in text for step in one.reference for text in told
    )
