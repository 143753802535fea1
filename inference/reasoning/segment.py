"""A model's text cut into steps and an answer: numbered lines, or the same as JSON."""

import json
import re
from collections.abc import Mapping
from typing import Any

from inference.reasoning.schema import Chain

_NUMBERED = re.compile(r"^(?:step\s+)?\d{1,2}[.):]\s*", re.IGNORECASE)
_ANSWER = re.compile(r"^(?:final\s+)?answer\s*:\s*(.*)$", re.IGNORECASE)
MAX_STEPS = 24


def parse_chain(text: str) -> Chain:
    """A chain that cannot be parsed has a `problem`, and the steps that could be read."""
    stripped = text.strip()
    return _from_json(stripped) if stripped.startswith("{") else _from_lines(stripped)


def step_text(line: str) -> str:
    """A line without its number; empty for an empty one and for the answer's."""
    line = line.strip()
    return "" if _ANSWER.match(line) else _NUMBERED.sub("", line).strip()


def written(chain_steps: tuple[str, ...], answer: str = "") -> str:
    """Numbered lines, then the answer's."""
    lines = [f"{number}. {step}" for number, step in enumerate(chain_steps, start=1)]
    return "\n".join([*lines, f"Answer: {answer}"] if answer else lines)


def _from_lines(text: str) -> Chain:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    answers = [found[1].strip() for line in lines if (found := _ANSWER.match(line))]
    steps = tuple(text for text in map(step_text, lines) if text)
    problem = _problem(steps, answers)
    if not problem and not _ANSWER.match(lines[-1]):
        problem = "something follows the answer"
    return Chain(steps=steps, answer="" if problem else answers[0], problem=problem)


def _problem(steps: tuple[str, ...], answers: list[str]) -> str:
    if not answers or not answers[-1]:
        return "no answer is declared"
    if len(answers) > 1:
        return "more than one answer is declared"
    if not steps:
        return "an answer without a step"
    return "too many steps" if len(steps) > MAX_STEPS else ""


def _from_json(text: str) -> Chain:
    try:
        fields = json.loads(text)
        steps = tuple(str(step["text"]).strip() for step in fields["steps"])
        answer, confidence = _json_answer(fields)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return Chain(steps=(), problem=f"it cannot be read as steps and an answer: {error}")
    problem = _problem(steps, [answer])
    return Chain(steps=steps, answer="" if problem else answer, confidence=confidence, problem=problem)


def _json_answer(fields: Mapping[str, Any]) -> tuple[str, float | None]:
    given = fields["answer"]
    answer = str(given["value"] if isinstance(given, dict) else given).strip()
    confidence = fields.get("confidence")
    return answer, None if confidence is None else float(confidence)
