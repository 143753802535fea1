"""Approved references from people, let in one by one.

What contradicts another, leaks, is withdrawn or no longer fits is refused with a reason, and the round goes on without.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inference.datasets.rows import json_lines
from inference.reasoning.admission import Proposed, problem_of
from inference.reasoning.snapshot import EvidenceChanged
from inference.reasoning.training.case import ReasoningCase, case_of
from inference.reasoning.training.problem import Intervention, Steps
from inference.reasoning.verifiers.registry import verify


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """`attempt` and `mark`: the chain that was shown, and the first wrong step in it with the right one, if marked."""

    id: str
    case: ReasoningCase
    attempt: Steps = ()
    mark: Intervention | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """`reason` is a sentence for the author."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    references: tuple[Reference, ...] = ()
    refused: tuple[Refused, ...] = ()


def read_references(path: Path) -> Intake:
    """JSON lines: a case's row with `id`, and `withdrawn`, `attempt`, `mark` where there are such. Raises
    DatasetInvalid for a line that is none."""
    return intake([row for row, _ in json_lines(path)])


def intake(rows: Sequence[Mapping[str, Any]]) -> Intake:
    """Each row is let in or refused."""
    found: list[Reference] = []
    refused: list[Refused] = []
    for row in rows:
        one = _read(row)
        if isinstance(one, Reference) and (reason := _problem(one)):
            one = Refused(id=one.id, reason=reason)
        if isinstance(one, Refused):
            refused.append(one)
        else:
            found.append(one)
    against = _contradicted(found)
    refused += [
        Refused(id=one, reason="Two approved references answer the same question differently.") for one in against
    ]
    return Intake(references=tuple(one for one in found if one.id not in against), refused=tuple(refused))


def _read(row: Mapping[str, Any]) -> Reference | Refused:
    name = str(row.get("id", ""))
    if row.get("withdrawn"):
        return Refused(id=name, reason="It was withdrawn.")
    try:
        mark = row.get("mark")
        return Reference(
            id=name,
            case=case_of(row),
            attempt=tuple(map(str, row.get("attempt", ()))),
            mark=None
            if mark is None
            else Intervention(location=int(mark["location"]), text=str(mark["text"]), source="clinician"),
        )
    except EvidenceChanged as error:
        return Refused(id=name, reason=str(error))
    except (KeyError, ValueError, TypeError) as error:
        return Refused(id=name, reason=f"It cannot be read as a reference: {error}.")


def _problem(one: Reference) -> str:
    """Why it cannot be trained on; empty where it can."""
    case = one.case
    return problem_of(
        Proposed(
            sheet=case.sheet,
            question=case.question,
            gold=case.gold,
            reference=case.reference,
            mark=one.mark.text if one.mark else "",
            rules=case.rules,
        )
    )


def _contradicted(found: Sequence[Reference]) -> set[str]:
    by_question: dict[tuple[str, str], list[Reference]] = defaultdict(list)
    for one in found:
        by_question[one.case.sheet.sha256, one.case.question.strip().lower()].append(one)
    return {
        one.id
        for some in by_question.values()
        for one in some
        if any(not verify(one.case.answer, other.case.gold).is_right for other in some)
    }
