"""Counting: shares, baselines, flips and intervals, on numbers small enough to count by hand."""

from dataclasses import replace

import pytest

from inference.llava_surg.evaluation.cases import Case, clips_of
from inference.llava_surg.evaluation.metrics import (
    Outcome,
    bootstrap,
    closed_summary,
    instrument_precisions,
    majority_answers,
    phase_scores,
    swap_flips,
)
from inference.llava_surg.training.questions.builder import Question
from tests.unit.llava_surg.test_evaluation import surgery, told

YES = Question(
    text="Is a hook visible?",
    answer="Yes.",
    level="observation",
    kind="instrument_yes_no",
    expected="yes",
    about="hook",
)


def outcome(
    expected: str, given: str, *, blind: str = "", name: str = "A", clip: int = 0, about: str = "hook"
) -> Outcome:
    place = clips_of(surgery(name))[clip]
    case = Case(clip=place, question=replace(YES, expected=expected, about=about))
    return Outcome(case=case, given=given, blind=blind, majority="no")


def share(rows: list[Outcome]) -> float:
    return sum(row.is_right for row in rows) / len(rows)


def test_shares_are_of_all_and_of_the_answered() -> None:
    rows = [outcome("yes", "yes"), outcome("yes", ""), outcome("no", "yes"), outcome("no", "no", blind="yes")]
    summary = closed_summary(rows)

    assert (summary["num_questions"], summary["closed_accuracy"], summary["answered_share"]) == (4, 0.5, 0.75)
    assert summary["accuracy_when_answered"] == pytest.approx(2 / 3, abs=1e-4)
    # Silent three times, given the commonest answer "no": right once; and once wrong by itself.
    assert summary["blind_accuracy"] == 0.25
    assert summary["majority_accuracy"] == 0.5
    assert summary["per_type"]["instrument_yes_no"]["num_questions"] == 4


def test_flips_are_counted_within_a_surgery_and_a_question_only() -> None:
    follows = [outcome("yes", "yes"), outcome("no", "no", clip=1)]
    assert swap_flips(follows) == 1.0
    assert swap_flips([*follows, outcome("no", "yes", clip=2)]) == 0.5
    assert swap_flips([outcome("yes", "yes"), outcome("no", "no", name="B")]) == 0.0
    assert swap_flips([outcome("yes", "yes"), outcome("no", "no", clip=1, about="clipper")]) == 0.0


def test_an_interval_is_drawn_by_surgery_and_repeats() -> None:
    alike = [outcome("yes", "yes", name=name, clip=clip) for name in "AB" for clip in range(3)]
    apart = [outcome("yes", "yes" if name == "A" else "no", name=name, clip=clip) for name in "AB" for clip in range(3)]

    assert bootstrap(alike, share) == [1.0, 1.0]
    assert bootstrap(apart, share) == bootstrap(apart, share) == [0.0, 1.0]
    assert bootstrap([], share) == []


def test_the_commonest_answer_is_that_of_the_group_and_the_phase_that_of_other_surgeries() -> None:
    rows = [outcome("yes", ""), outcome("yes", "", clip=1), outcome("no", "", clip=2)]
    common = majority_answers([row.case for row in rows], phases={"preparation": 3})

    assert common == {("instrument_yes_no", "hook"): "yes"}


def test_precision_is_of_instruments_that_the_surgery_shows() -> None:
    video = surgery()
    backwards = [0.1 if "hook" in labels else 0.9 for labels in video.labels["instrument"]]
    found = instrument_precisions(told(video, instrument__hook=backwards))

    assert set(found) == {"grasper", "hook"}
    assert found["grasper"] == 1.0
    # The hook is in half of the frames: no better than chance.
    assert found["hook"] == 0.5


def test_a_phase_that_is_always_said_is_right_half_the_time_and_its_macro_f1_is_lower() -> None:
    accuracy, macro_f1 = phase_scores(told(surgery(), phase__preparation=0.99))

    assert accuracy == 0.5
    assert macro_f1 == pytest.approx((2 * 0.5 / 1.5) / 2)
