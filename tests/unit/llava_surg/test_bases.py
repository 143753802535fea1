"""Language models beside one another: the same questions, balanced, each model shown what it says it is shown."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from inference.errors import ModelMissing
from inference.lab.journal import IN_MEMORY, Journal
from inference.llava_surg.evaluation.asking import Asker
from inference.llava_surg.evaluation.evaluate_bases import BaseRow, drawn_cases, judged_row, main, table
from tests.unit.llava_surg.test_asking import HOOK, Echo, asker, cases
from tests.unit.llava_surg.test_evaluation import surgery

LOOKED_FOR = "Looked for: instrument: hook."


def in_memory() -> Journal:
    return Journal(IN_MEMORY, recipe="test")


def judged() -> Any:
    return SimpleNamespace(videos=(surgery(), surgery("B")))


def untrained(engine: Echo) -> Asker:
    facts = {(case.clip.video.name, case.clip.first): (HOOK,) for case in cases()}
    return Asker(engine=engine, projector=None, patches={}, facts=facts, looked_for=LOOKED_FOR)


def test_yes_and_no_come_equally_often_and_the_same_seed_draws_the_same_questions() -> None:
    drawn = drawn_cases(judged(), seed=3, per_kind=3)
    closed = [case.question.expected for case in drawn if case.question.kind != "phase"]
    assert closed.count("yes") == closed.count("no") > 0
    again = drawn_cases(judged(), seed=3, per_kind=3)
    assert [case.question for case in drawn] == [case.question for case in again]


def test_a_model_that_was_never_trained_is_told_what_is_looked_for_only_beside_a_timeline() -> None:
    engine = Echo()
    bare = untrained(engine)
    bare.ask(cases()[:2], "timeline")
    assert all(LOOKED_FOR in request.messages[1].text for request in engine.asked)
    engine.asked.clear()
    bare.ask(cases()[:2], "blind")
    assert all(LOOKED_FOR not in request.messages[1].text for request in engine.asked)


def test_a_model_without_a_projector_is_shown_no_video() -> None:
    with pytest.raises(ValueError, match="sees no video"):
        untrained(Echo()).ask(cases()[:1], "both")


def test_an_answer_that_is_no_answer_counts_as_wrong_and_as_not_answered() -> None:
    bare, _ = asker(cases())
    row = judged_row(cases(), bare, "timeline", base="Echo", version="untrained", shown="text", kept=in_memory())
    assert (row.n, row.right, row.answered) == (len(cases()), 0.0, 0.0)
    assert set(row.per_level) == {case.question.level for case in cases()}
    assert row.seconds_per_answer >= 0


def test_what_was_answered_before_a_stop_is_not_asked_again_and_another_sheet_is() -> None:
    engine, kept = Echo(), in_memory()
    judged_row(cases()[:2], untrained(engine), "timeline", base="Echo", version="", shown="text", kept=kept)
    assert len(engine.asked) == 2
    judged_row(cases()[:3], untrained(engine), "timeline", base="Echo", version="", shown="text", kept=kept)
    assert len(engine.asked) == 3
    other = replace(untrained(engine), looked_for="Looked for: nothing.")
    judged_row(cases()[:3], other, "timeline", base="Echo", version="", shown="text", kept=kept)
    assert len(engine.asked) == 6


def test_the_table_has_a_row_for_each_model_and_way_to_see() -> None:
    row = BaseRow(
        base="M", checkpoint="untrained", shown="text", n=4, right=0.5, answered=1.0, per_level={}, seconds_per_answer=1
    )
    assert table([row, row]).splitlines()[1:] == ["M | untrained | text | 4 | 0.500 | 1.000 | 1.00"] * 2


def test_a_base_model_that_the_catalogue_does_not_hold_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="no base model gigantic"):
        main(["--data", str(tmp_path), "--videos", "A", "--bases", "gigantic"])
