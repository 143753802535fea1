"""What an answer may be, what is right, and how a verifier tells of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

AnswerType = Literal[
    "choice", "vocabulary", "ordinal", "numeric", "count", "timestamp", "intervals", "abstain", "short_text"
]
ANSWER_TYPES: tuple[AnswerType, ...] = get_args(AnswerType)
# What an answer says where the evidence does not tell.
CANNOT_TELL = "cannot tell"
# Steps of a chain, in plain text, without their numbers.
Steps = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """The right answer. `options`: of a choice, or of a scale from lowest to highest · `unit`: of a number ·
    `tolerance`: of a number or a moment, in its unit; of an ordinal, in places · `aliases`: other names of it."""

    type: AnswerType
    value: str
    options: tuple[str, ...] = ()
    unit: str = ""
    tolerance: float = 0.0
    aliases: tuple[str, ...] = ()

    def row(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "type": self.type,
            "value": self.value,
            "options": list(self.options),
            "unit": self.unit,
            "tolerance": self.tolerance,
            "aliases": list(self.aliases),
        }


def gold_of(row: Mapping[str, Any]) -> Gold:
    """Raises KeyError or ValueError for what is none."""
    if row["type"] not in ANSWER_TYPES:
        raise ValueError(f"there is no answer of the type {row['type']}")
    return Gold(
        type=row["type"],
        value=str(row["value"]),
        options=tuple(row.get("options", ())),
        unit=str(row.get("unit", "")),
        tolerance=float(row.get("tolerance", 0.0)),
        aliases=tuple(row.get("aliases", ())),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`score` in [0, 1] rewards what is near; only `is_right` counts as right."""

    score: float
    is_right: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Steps and the answer they lead to. `answer` is empty and `problem` says why where none was declared."""

    steps: Steps
    answer: str = ""
    confidence: float | None = None
    problem: str = ""
    extras: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_parseable(self) -> bool:
        return not self.problem
