"""Counting: closed answers by level and kind, beside two baselines; frames of the timeline; intervals by surgery."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Protocol, TypeVar

import numpy as np
from sklearn.metrics import average_precision_score, f1_score

from inference.evidence.mentions import mentions
from inference.evidence.ontology import in_lane
from inference.evidence.plain_words import INSUFFICIENT
from inference.llava_surg.evaluation.cases import Case
from inference.llava_surg.evaluation.witness import Witness
from inference.llava_surg.training.questions.builder import closed_answer

NUM_RESAMPLES = 1000
INTERVAL = (2.5, 97.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`given` and `blind` are closed answers as read from the text; empty: none was given."""

    case: Case
    given: str
    blind: str
    majority: str

    @property
    def expected(self) -> str:
        return self.case.question.expected

    @property
    def is_right(self) -> bool:
        return self.given == self.expected

    @property
    def is_blind_right(self) -> bool:
        """Where the blind model gives no answer it is given the commonest one: the baseline is not made weak."""
        return (self.blind or self.majority) == self.expected


def read_answer(case: Case, text: str) -> str:
    """The closed answer in a text: yes, no, or the one phase it names; empty if it abstains or names several."""
    if case.question.kind != "phase":
        return closed_answer(text)
    if INSUFFICIENT in text.lower():
        return ""
    named = {
        mention.label for mention in mentions(text, {("phase", case.question.expected)}) if mention.lane == "phase"
    }
    return named.pop() if len(named) == 1 else ""


def closed_summary(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    by_level: dict[str, list[Outcome]] = defaultdict(list)
    by_kind: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_level[outcome.case.question.level].append(outcome)
        by_kind[outcome.case.question.kind].append(outcome)
    return {
        **_shares(outcomes),
        "closed_interval": bootstrap(outcomes, lambda rows: _mean(row.is_right for row in rows)),
        "over_blind_interval": bootstrap(
            outcomes, lambda rows: _mean(row.is_right for row in rows) - _mean(row.is_blind_right for row in rows)
        ),
        "swap_flips": swap_flips(outcomes),
        "per_level": {level: _shares(rows) for level, rows in sorted(by_level.items())},
        "per_type": {kind: _shares(rows) for kind, rows in sorted(by_kind.items())},
    }


def swap_flips(outcomes: Sequence[Outcome]) -> float:
    """Of pairs of one surgery's clips with the same question and another truth, how often both are
    answered and differ."""
    groups: dict[tuple[str, str, str], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[outcome.case.clip.video.name, *outcome.case.group].append(outcome)
    pairs = [
        bool(first.given and second.given) and first.given != second.given
        for rows in groups.values()
        for first, second in combinations(rows, 2)
        if first.expected != second.expected
    ]
    return _mean(pairs)


def timeline_summary(witnesses: Sequence[Witness]) -> dict[str, Any]:
    """Mean over surgeries; an instrument counts where the surgery shows it."""
    precisions = {witness.video.name: instrument_precisions(witness) for witness in witnesses}
    maps = [_mean(found.values()) for found in precisions.values()]
    phases = [phase_scores(witness) for witness in witnesses]
    return {
        "instrument_map": _rounded(_mean(maps)),
        "instrument_ap": {
            name: {label: _rounded(value) for label, value in found.items()} for name, found in precisions.items()
        },
        "phase_accuracy": _rounded(_mean(score[0] for score in phases)),
        "phase_macro_f1": _rounded(_mean(score[1] for score in phases)),
        "per_surgery": {
            witness.video.name: {"instrument_map": _rounded(found), "phase_accuracy": _rounded(score[0])}
            for witness, found, score in zip(witnesses, maps, phases, strict=True)
        },
    }


def instrument_precisions(witness: Witness) -> dict[str, float]:
    found: dict[str, float] = {}
    for label in in_lane("instrument", watched_by="instrument"):
        truth = [label in labels for labels in witness.video.labels["instrument"]]
        if any(truth) and f"instrument/{label}" in witness.names:
            found[label] = float(average_precision_score(truth, witness.column(f"instrument/{label}")))
    return found


def phase_scores(witness: Witness) -> tuple[float, float]:
    """Accuracy and macro-F1 over the labelled frames."""
    truth = [next(iter(labels), "") for labels in witness.video.labels["phase"]]
    given = witness.phases()
    accuracy = _mean(one == other for one, other in zip(truth, given, strict=True))
    return accuracy, float(f1_score(truth, given, average="macro", zero_division=0.0, labels=sorted(set(truth))))


class Judged(Protocol):
    """Anything counted of a case."""

    @property
    def case(self) -> Case: ...


T = TypeVar("T", bound=Judged)


def bootstrap(outcomes: Sequence[T], statistic: Callable[[Sequence[T]], float]) -> list[float]:
    """Surgeries are drawn, and within each its clips; with one surgery only its clips. 95 % interval."""
    random = np.random.default_rng(7)
    surgeries: dict[str, dict[tuple[str, int], list[T]]] = defaultdict(lambda: defaultdict(list))
    for outcome in outcomes:
        clip = outcome.case.clip
        surgeries[clip.video.name][clip.video.name, clip.first].append(outcome)
    names = sorted(surgeries)
    values: list[float] = []
    for _ in range(NUM_RESAMPLES if outcomes else 0):
        rows: list[T] = []
        for name in random.choice(names, len(names)):
            clips = list(surgeries[name].values())
            for index in random.integers(len(clips), size=len(clips)):
                rows += clips[index]
        values.append(statistic(rows))
    return [_rounded(float(value)) for value in np.percentile(values, INTERVAL)] if values else []


def majority_answers(cases: Sequence[Case], *, phases: Mapping[str, int]) -> dict[tuple[str, str], str]:
    """The commonest answer of each group; for the phase, the commonest of the surgeries trained on."""
    counts: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for case in cases:
        counts[case.group][case.question.expected] += 1
    common = {group: max(sorted(found), key=lambda answer: found[answer]) for group, found in counts.items()}
    if phases and ("phase", "") in common:
        common["phase", ""] = max(sorted(phases), key=lambda label: phases[label])
    return common


def _shares(rows: Sequence[Outcome]) -> dict[str, Any]:
    answered = [row for row in rows if row.given]
    return {
        "num_questions": len(rows),
        "closed_accuracy": _rounded(_mean(row.is_right for row in rows)),
        "blind_accuracy": _rounded(_mean(row.is_blind_right for row in rows)),
        "majority_accuracy": _rounded(_mean(row.majority == row.expected for row in rows)),
        "answered_share": _rounded(len(answered) / max(1, len(rows))),
        "accuracy_when_answered": _rounded(_mean(row.is_right for row in answered)),
    }


def _mean(values: Any) -> float:
    listed = [float(value) for value in values]
    return sum(listed) / len(listed) if listed else 0.0


def _rounded(value: float) -> float:
    return round(value, 4)
