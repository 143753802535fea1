"""What a person typed into a correction, before it becomes a row."""

from dataclasses import dataclass

from webapp.conversations.models import Answer
from webapp.conversations.text import CONTROL_CHARACTERS
from webapp.learning.models import Correction, Explanation
from webapp.lib.errors import InvalidInput

# As inference/reasoning/admission.py has it; a test compares the two.
SENTENCE_MAX_CHARS = 300
Kind = Correction.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """`step_index` and `right_step` of a marked step; `edited_answer` also there, where another answer follows."""

    kind: str
    step_index: int | None = None
    right_step: str = ""
    edited_answer: str = ""
    reason: str = ""


def draft_cleaned(draft: Draft, *, answer: Answer, explanation: Explanation | None) -> Draft:
    """Raises InvalidInput with a sentence that says what to change."""
    said = _line(draft.edited_answer, "answer")
    if draft.kind == Kind.EDITED_ANSWER:
        return _edited(draft, said, answer)
    if draft.kind != Kind.FIRST_WRONG_STEP:
        raise InvalidInput("Mark a step, or edit the answer.", code="kind_unknown")
    if explanation is None:
        raise InvalidInput("There are no steps to mark. Edit the answer instead.", code="no_steps")
    return _marked(draft, said, explanation)


def _edited(draft: Draft, said: str, answer: Answer) -> Draft:
    reason = _line(draft.reason, "reason")
    if not said:
        raise InvalidInput("Write the answer as it should be.", code="answer_empty")
    if not reason:
        raise InvalidInput("Say in a sentence what shows it.", code="reason_empty")
    if said == _line(answer.text[: SENTENCE_MAX_CHARS + 1], ""):
        raise InvalidInput("That is the answer as it is.", code="answer_unchanged")
    return Draft(kind=Kind.EDITED_ANSWER, edited_answer=said, reason=reason)


def _marked(draft: Draft, said: str, explanation: Explanation) -> Draft:
    right = _line(draft.right_step, "step")
    if draft.step_index is None or not 0 <= draft.step_index < len(explanation.steps):
        raise InvalidInput("Choose the step that is wrong.", code="step_unknown")
    if not right:
        raise InvalidInput("Write the right step.", code="step_empty")
    if right == " ".join(str(explanation.steps[draft.step_index]["text"]).split()):
        raise InvalidInput("That is the step as it is.", code="step_unchanged")
    if not said and not explanation.conclusion.strip():
        raise InvalidInput("The steps came to no answer, so say what it is.", code="answer_empty")
    return Draft(
        kind=Kind.FIRST_WRONG_STEP,
        step_index=draft.step_index,
        right_step=right,
        edited_answer="" if said == explanation.conclusion.strip() else said,
        reason=_line(draft.reason, "reason"),
    )


def _line(text: str, name: str) -> str:
    """One line. Raises InvalidInput for a long one, where `name` says what it is."""
    cleaned = " ".join(CONTROL_CHARACTERS.sub("", text).split())
    if name and len(cleaned) > SENTENCE_MAX_CHARS:
        words = f"The {name} is too long: {len(cleaned):,} characters, at most {SENTENCE_MAX_CHARS}."
        raise InvalidInput(words, code="too_long")
    return cleaned
