"""Given answers as in service: in the words in which they are shown, on sheets with claims and items."""

from random import Random

import pytest

from inference.reasoning.evaluation.arms import explained_measures
from inference.reasoning.training.case_sets import case_sets, turns
from inference.reasoning.training.cases import cases
from inference.reasoning.training.given_answer import GivenAnswer
from inference.reasoning.training.given_answers import service_answers, service_training, short_answers
from inference.reasoning.training.stretches import simulated_stretches


@pytest.fixture(scope="module")
def given() -> list[GivenAnswer]:
    return service_answers(simulated_stretches(is_test=True, random=Random(1)), per_kind=2, random=Random(1))


def of(given: list[GivenAnswer], stratum: str) -> GivenAnswer:
    return next(one for one in given if one.case.stratum == stratum)


def test_a_timelines_answer_stands_in_the_prompt_and_its_claim_on_the_sheet(given: list[GivenAnswer]) -> None:
    assert len([one for one in given if one.kind == "timeline"]) == 10
    for one in given:
        assert f"Explain this answer: {one.said}" in one.problem.prompt
        assert one.problem.id == one.case.id
        assert bool(one.case.sheet.claims) == (one.kind == "timeline")
    assert of(given, "presence").case.sheet.claims[0].verdict == "supported"


def test_a_reports_item_is_asked_for_beside_all_items(given: list[GivenAnswer]) -> None:
    one = of(given, "report_item")
    assert len(one.case.sheet.items) == 5
    assert one.said.endswith(" of 5")
    assert one.said in one.case.question


def test_steps_may_lead_to_the_answer_in_its_words_or_in_fewer(given: list[GivenAnswer]) -> None:
    for one in given:
        assert one.agrees(one.said)
        assert not one.agrees("")
        assert not one.agrees("cannot tell")
    count = of(given, "count")
    assert count.agrees(count.case.gold.value)
    assert not count.agrees(str(int(count.case.gold.value) + 1))


def test_a_references_every_step_is_held_and_leads_to_what_was_given(given: list[GivenAnswer]) -> None:
    for one in given:
        assert set(explained_measures(one, one.reference).values()) == {1.0}, one.reference


def test_what_trains_for_service_is_of_every_kind_and_of_no_sheet_that_examines() -> None:
    sets = case_sets(None, num_warm_up=4, per_stratum=2, per_test_stratum=1, seed=0)
    random = Random(3)
    shown = service_training(sets, turns(None, is_test=False, random=random), count=2, random=random)
    assert {one.kind: sum(other.kind == one.kind for other in shown) for one in shown} == {
        "timeline": 10,
        "report": 5,
        "short": 8,
    }
    assert not {one.case.group for one in shown} & {case.group for case in sets.test}


def test_an_explanation_is_whole_only_if_every_step_is_held_and_it_leads_to_the_answer() -> None:
    drawn = cases(simulated_stretches(is_test=True, random=Random(1)), per_stratum=1, random=Random(1))
    one = next(one for one in short_answers(drawn) if one.case.stratum == "length")
    reference = one.case.reference
    assert set(explained_measures(one, (*reference, f"Answer: {one.said}")).values()) == {1.0}
    wrong = explained_measures(one, ("F1: 9.0 - 3.0 = 1.0 s", f"Answer: {one.said}"))
    assert (wrong["agrees"], wrong["nothing_wrong"], wrong["whole"]) == (1.0, 0.0, 0.0)
    assert explained_measures(one, (*reference, "Answer: 999 s"))["whole"] == 0.0
    assert explained_measures(one, reference)["parsed"] == 0.0
