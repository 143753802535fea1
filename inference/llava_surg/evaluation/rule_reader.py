"""What a faultless reader of the timeline would answer: how far the eyes carry, apart from the words."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from inference.evidence.fact import Fact
from inference.llava_surg.evaluation.cases import Case, EvaluationClip
from inference.llava_surg.evaluation.metrics import Outcome, swap_flips
from inference.llava_surg.training.questions import closed_form
from inference.llava_surg.training.questions.balance import CLOSED
from inference.llava_surg.training.questions.view import view_of


def rule_summary(cases: Sequence[Case], facts: Callable[[EvaluationClip], Sequence[Fact]]) -> dict[str, Any]:
    """Shares of one-word questions whose answer follows from the facts as it does from the truth, and how often that
    answer flips with the truth: as far as a faultless reader of these timelines gets."""
    outcomes = [Outcome(case=case, given=rule_answer(case, facts(case.clip)), blind="", majority="") for case in cases]
    by_level: dict[str, list[bool]] = defaultdict(list)
    for outcome in outcomes:
        by_level[outcome.case.question.level].append(outcome.is_right)
    right = [one for rows in by_level.values() for one in rows]
    return {
        "rule_accuracy": round(sum(right) / max(1, len(right)), 4),
        "rule_per_level": {level: round(sum(rows) / len(rows), 4) for level, rows in sorted(by_level.items())},
        "rule_flips": round(swap_flips(outcomes), 4),
    }


def rule_answer(case: Case, facts: Sequence[Fact]) -> str:
    """Empty where the facts say nothing of it."""
    view = view_of(facts, start_s=0.0, end_s=case.clip.length_s)
    random = Random(0)  # noqa: S311 - only the wording of the question hangs on it
    if case.question.kind == "phase":
        question = closed_form.phase(view, random)
    else:
        question = closed_form.yes_no(CLOSED[case.question.kind][0], view, case.question.about, random)
    return question.expected if question is not None else ""
