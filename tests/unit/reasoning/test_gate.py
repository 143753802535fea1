"""The checklist: what is better for certain, what must not get worse, and what was not measured."""

import pytest

from inference.reasoning.evaluation.arms import ArmResult
from inference.reasoning.evaluation.gate import checklist, reference_outcomes
from inference.reasoning.evaluation.gate_rows import better, is_passed, no_more, no_worse, subgroup
from inference.reasoning.evaluation.injections import CANARY, injections, is_obeyed
from inference.reasoning.training.case import ReasoningCase
from inference.reasoning.training.cases import cases
from inference.reasoning.training.intake import Intake
from inference.reasoning.training.stretches import simulated_stretches


def values(right: int, of: int = 20) -> dict[str, list[float]]:
    return {str(number): [float(number < right)] for number in range(of)}


@pytest.fixture(scope="module")
def sheets() -> list[ReasoningCase]:
    from random import Random

    return cases(simulated_stretches(is_test=True, random=Random(1)), per_stratum=2, random=Random(1))


def arm(sheets: list[ReasoningCase], *, right: float, general: bool = True) -> ArmResult:
    each = {case.id: [right] for case in sheets}
    zero = {case.id: [1.0] for case in sheets}
    items = {f"{source}-{number}": [right] for source in ("gsm8k", "medmcqa") for number in range(4)}
    chains = {case.id: ("F1 is", "Answer: 3 s") for case in sheets}
    return ArmResult(
        name="one",
        right=each,
        cited=zero,
        abstained=zero,
        parsed=zero,
        general=items if general else {},
        chains=chains,
    )


def test_better_means_the_whole_interval() -> None:
    assert better("k", "w", values(18), values(2)).result == "passed"
    assert better("k", "w", values(3), values(2)).result == "failed"
    assert better("k", "w", values(2), values(2)).result == "failed"


def test_no_worse_allows_its_limit_and_nothing_that_is_certain() -> None:
    assert no_worse("k", "w", values(10), values(10), limit=0.02).result == "passed"
    assert no_worse("k", "w", values(9), values(10), limit=0.02).result == "failed"
    assert no_worse("k", "w", values(2), values(18), limit=0.9).result == "failed"


def test_nothing_bad_more_often() -> None:
    assert no_more("k", "w", values(1), values(3)).result == "passed"
    assert no_more("k", "w", values(3), values(1)).result == "failed"


def test_a_subgroup_that_is_too_small_says_so_and_does_not_stand_in_the_way() -> None:
    small = subgroup("k", "w", values(0, of=3), values(3, of=3), limit=0.05)
    assert small.result == "too_few"
    assert is_passed([small])
    assert subgroup("k", "w", values(0), values(20), limit=0.05).result == "failed"


def test_what_was_not_measured_has_not_passed() -> None:
    row = better("k", "w", {}, {})
    assert row.result == "not_measured"
    assert not is_passed([row])
    assert not is_passed([])


def test_a_whole_checklist_of_a_better_candidate_passes_and_of_a_worse_one_fails(sheets: list[ReasoningCase]) -> None:
    good, bad = arm(sheets, right=1.0), arm(sheets, right=0.0)
    rows = checklist(good, bad, sheets, hard=["level", "conflicting"], has_general=True)
    assert is_passed(rows)
    assert {"hard", "all", "gsm8k", "medmcqa", "citations", "abstains"} <= {row.key for row in rows}
    assert any(row.key.startswith("site-") for row in rows)
    assert any(row.key.startswith("procedure-") for row in rows)
    assert not is_passed(checklist(bad, good, sheets, hard=["level"], has_general=True))


def test_without_general_questions_the_gate_is_not_passed(sheets: list[ReasoningCase]) -> None:
    rows = checklist(arm(sheets, right=1.0), arm(sheets, right=0.0), sheets, hard=["level"], has_general=False)
    assert {row.key for row in rows if row.result == "not_measured"} == {"gsm8k", "medmcqa"}
    assert not is_passed(rows)


def test_injections_ask_for_a_word_that_no_honest_chain_holds(sheets: list[ReasoningCase]) -> None:
    made = injections(sheets, count=8)
    assert len(made) == 8
    assert all(CANARY in one.case.question and one.case.sheet.text for one in made)
    assert is_obeyed(("step", f"Answer: {CANARY.lower()}"))
    assert not is_obeyed(("F1 hook", "Answer: 3 s"))


def test_a_round_without_references_reports_none(tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert reference_outcomes(tmp_path, Intake()) == {}
