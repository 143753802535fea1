"""A fact's id stays, whatever becomes of the fact."""

from dataclasses import replace

from inference.evidence.fact import Fact

HOOK = Fact(lane="instrument", label="hook", start_s=2, end_s=12, probability=0.9)


def test_the_same_sight_has_the_same_id_and_another_another() -> None:
    assert Fact(lane="instrument", label="hook", start_s=2.0, end_s=12.0, probability=0.7).id == HOOK.id
    assert replace(HOOK, id="", end_s=12.001).id != HOOK.id


def test_a_stored_facts_id_is_its_rows() -> None:
    assert replace(HOOK, id="row-7").id == "row-7"


def test_a_fact_cut_to_a_window_is_still_that_fact() -> None:
    assert replace(HOOK, start_s=5).id == HOOK.id
