"""The claim check itself under examination: true statements and their opposites, against what the heads said.

A check that calls true statements contradicted does harm; one that contradicts nothing does no good. So both shares are
counted, for as many true statements as false ones.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from inference.evidence.check import check_claims
from inference.evidence.claim import parse_claims
from inference.evidence.fact import Fact
from inference.evidence.verdict import Verdict
from inference.evidence.watched import Watched, watch_over
from inference.llava_surg.answering.sightings import Sighting
from inference.llava_surg.evaluation.cases import Case, EvaluationClip
from inference.llava_surg.training.questions.balance import CLOSED
from inference.llava_surg.training.questions.view import View

# What the picture itself shows; aims and next steps are inferred and never checked.
CHECKED_LANES = ("instrument", "verb", "target", "phase")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One sentence about a clip, with its seconds, and whether the truth agrees."""

    clip: EvaluationClip
    lane: str
    question: str
    text: str
    is_true: bool


def statements(cases: Sequence[Case]) -> list[Statement]:
    """Of each yes-or-no case its true answer and the opposite one."""
    found: list[Statement] = []
    for case in cases:
        lane = case.question.kind.removesuffix("_yes_no")
        if lane not in CHECKED_LANES or not case.question.kind.endswith("_yes_no"):
            continue
        asked = case.question.text
        found.append(Statement(clip=case.clip, lane=lane, question=asked, text=case.question.answer, is_true=True))
        found.append(Statement(clip=case.clip, lane=lane, question=asked, text=_opposite(case, lane), is_true=False))
    return found


def verdicts(
    stated: Sequence[Statement], facts: Callable[[EvaluationClip], Sequence[Fact]], *, watched: Watched
) -> list[tuple[Statement, Verdict]]:
    judged: list[tuple[Statement, Verdict]] = []
    for statement in stated:
        length_s, seen = statement.clip.length_s, facts(statement.clip)
        watch = watch_over(seen, watched=watched, duration_s=length_s)
        claims = parse_claims(statement.text, length_s)
        (checked,) = check_claims(claims, seen, watch=watch, question=statement.question)
        judged.append((statement, checked.verdict))
    return judged


def verdict_summary(judged: Sequence[tuple[Statement, Verdict]]) -> dict[str, Any]:
    """`contradicted_precision`: share of contradicted statements that are false; `supported_precision`: of supported
    ones that are true; the `..._share`s say how many false ones were caught and true ones confirmed."""
    counts = Counter((statement.is_true, verdict) for statement, verdict in judged)
    num_true = sum(statement.is_true for statement, _ in judged)
    return {
        "num_statements": len(judged),
        "num_contradicted": counts[False, "contradicted"] + counts[True, "contradicted"],
        "contradicted_precision": _share(counts[False, "contradicted"], counts[True, "contradicted"]),
        "supported_precision": _share(counts[True, "supported"], counts[False, "supported"]),
        "false_contradicted_share": round(counts[False, "contradicted"] / max(1, len(judged) - num_true), 4),
        "true_supported_share": round(counts[True, "supported"] / max(1, num_true), 4),
    }


def _opposite(case: Case, lane: str) -> str:
    ask, _ = CLOSED[case.question.kind]
    view = _flipped(case.clip.truth(), lane, case.question.about)
    question = ask(view, case.question.about, Random(0))  # noqa: S311 - only the wording of the question hangs on it
    if question is None:
        raise ValueError(f"{case.question.kind} has no opposite")
    return question.answer


def _flipped(view: View, lane: str, label: str) -> View:
    """The same view where the label is there if it was not, and gone if it was."""
    rest = tuple(one for one in view.seen if (one.lane, one.label) != (lane, label))
    if len(rest) < len(view.seen):
        return replace(view, seen=rest)
    whole = Sighting(lane=lane, label=label, spans=((view.start_s, view.end_s),), probability=1.0)
    return replace(view, seen=(*rest, whole))


def _share(part: int, other: int) -> float | None:
    """None where there is nothing to take a share of."""
    return round(part / (part + other), 4) if part + other else None
