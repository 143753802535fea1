"""Counting open answers: shares of labels, and a judge's scores where there is one, beside blind and usual answers."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from inference.engines.protocol import LanguageEngine
from inference.llava_surg.evaluation.cases import Case
from inference.llava_surg.evaluation.judge import Exchange, Judgement, judge_all
from inference.llava_surg.evaluation.metrics import bootstrap
from inference.llava_surg.evaluation.open_cases import Named, f1, named


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOutcome:
    """`given` and `blind` are whole answers; `usual`: what most reference answers of other surgeries name."""

    case: Case
    given: str
    blind: str
    usual: Named

    @property
    def expected(self) -> Named:
        return named(self.case.question.answer)

    @property
    def f1(self) -> float:
        return f1(named(self.given), self.expected)

    @property
    def blind_f1(self) -> float:
        return f1(named(self.blind), self.expected)

    @property
    def usual_f1(self) -> float:
        return f1(self.usual, self.expected)


def open_summary(outcomes: Sequence[OpenOutcome]) -> dict[str, Any]:
    return {
        **_means(outcomes),
        "f1_interval": bootstrap(outcomes, lambda rows: _mean([row.f1 for row in rows])),
        "per_level": _grouped(outcomes, lambda one: one.case.question.level),
        "per_type": _grouped(outcomes, lambda one: one.case.question.kind),
    }


def judged_summary(outcomes: Sequence[OpenOutcome], judge: LanguageEngine) -> dict[str, Any]:
    """Mean scores of 0 to 5 and shares judged right, ours and the blind model's; unreadable replies are counted."""
    ours = judge_all(judge, [_exchange(one, one.given) for one in outcomes])
    blind = judge_all(judge, [_exchange(one, one.blind) for one in outcomes])
    return {"judge": judge.name, **_scores("", ours), **_scores("blind_", blind)}


def _exchange(outcome: OpenOutcome, answer: str) -> Exchange:
    question = outcome.case.question
    return Exchange(question=question.text, reference=question.answer, answer=answer)


def _scores(prefix: str, judgements: Sequence[Judgement | None]) -> dict[str, Any]:
    read = [one for one in judgements if one is not None]
    return {
        f"{prefix}score": round(_mean([float(one.score) for one in read]), 4),
        f"{prefix}right_share": round(_mean([float(one.is_right) for one in read]), 4),
        f"{prefix}num_unreadable": len(judgements) - len(read),
    }


def _grouped(outcomes: Sequence[OpenOutcome], key: Callable[[OpenOutcome], str]) -> dict[str, dict[str, Any]]:
    groups: dict[str, list[OpenOutcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[key(outcome)].append(outcome)
    return {name: _means(rows) for name, rows in sorted(groups.items())}


def _means(rows: Sequence[OpenOutcome]) -> dict[str, Any]:
    return {
        "num_questions": len(rows),
        "f1": round(_mean([row.f1 for row in rows]), 4),
        "blind_f1": round(_mean([row.blind_f1 for row in rows]), 4),
        "usual_f1": round(_mean([row.usual_f1 for row in rows]), 4),
    }


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
