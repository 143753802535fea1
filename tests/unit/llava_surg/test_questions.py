"""Questions and answers follow from what is known of a window, and from nothing else."""

from collections import Counter
from random import Random

import pytest

from inference.evidence.check import check_claims
from inference.evidence.claim import parse_claims
from inference.evidence.fact import Fact
from inference.evidence.unwatched import unknown
from inference.evidence.watched import NOT_KNOWN, watch_over
from inference.llava_surg.answering.knowledge import MILESTONES
from inference.llava_surg.training.questions import builder, closed_form, phrasing
from inference.llava_surg.training.questions.balance import QuestionDraw
from inference.llava_surg.training.questions.noise import doubted, made_up
from inference.llava_surg.training.questions.view import view_of

FACTS = (
    Fact(lane="phase", label="gallbladder-dissection", start_s=0, end_s=32, probability=0.9),
    Fact(lane="instrument", label="hook", start_s=3, end_s=8, probability=0.7),
    Fact(lane="instrument", label="scissors", start_s=0, end_s=32, probability=0.9),
    Fact(lane="instrument", label="clipper", start_s=20, end_s=26, probability=0.45),
)
VIEW = view_of(FACTS, start_s=0, end_s=32)
RANDOM = Random(1)


@pytest.mark.parametrize(
    ("label", "answer", "expected"),
    [
        ("hook", "Yes, a hook is visible [[t=3-8]].", "yes"),
        ("scissors", "Yes, scissors are visible [[t=0-32]].", "yes"),
        ("irrigator", "No, no irrigator is visible [[t=0-32]].", "no"),
        ("clipper", "Not enough evidence: the timeline is unsure about a clipper [[t=20-26]].", ""),
    ],
)
def test_a_yes_no_answer_follows_the_timeline(label: str, answer: str, expected: str) -> None:
    question = builder.instrument_yes_no(VIEW, label, RANDOM)

    assert (question.answer, question.expected) == (answer, expected)


def test_what_is_unsure_is_not_listed() -> None:
    assert builder.instruments(VIEW, RANDOM).answer == "Scissors are visible [[t=0-32]]. A hook is visible [[t=3-8]]."


def test_reasons_plans_and_deductions_name_the_phase_they_rest_on() -> None:
    for ask, level in ((builder.aim, "reason"), (builder.followed_by, "plan"), (builder.suggests, "deduction")):
        question = ask(VIEW, RANDOM)
        assert question.level == level
        assert question.answer.startswith("The phase is gallbladder dissection [[t=0-32]].")


def test_nothing_is_reasoned_from_a_phase_that_is_unsure() -> None:
    unsure = view_of(
        (Fact(lane="phase", label="preparation", start_s=0, end_s=9, probability=0.4),), start_s=0, end_s=9
    )

    assert builder.aim(unsure, RANDOM).answer.startswith("Not enough evidence")
    question = builder.next_yes_no(unsure, "preparation", RANDOM)
    assert question is not None
    assert (question.expected, question.answer.split(":")[0]) == ("", "Not enough evidence")


def test_a_question_for_one_word_gets_the_likeliest_answer_also_where_a_free_one_abstains() -> None:
    free = builder.instrument_yes_no(VIEW, "clipper", RANDOM)
    one_word = closed_form.yes_no(builder.instrument_yes_no, VIEW, "clipper", RANDOM)

    assert free.expected == ""
    assert one_word is not None
    assert (one_word.answer, one_word.expected) == ("Yes.", "yes")
    assert one_word.text.endswith("Answer yes or no.")


def test_what_no_head_watches_for_is_neither_claimed_nor_affirmed_in_one_word() -> None:
    view = view_of((*FACTS, unknown("target", "cystic_duct", (0, 32))), start_s=0, end_s=32)

    free = builder.target_yes_no(view, "cystic_duct", RANDOM)
    one_word = closed_form.yes_no(builder.target_yes_no, view, "cystic_duct", RANDOM)
    assert free.answer.startswith("Not enough evidence")
    assert one_word is not None
    assert one_word.answer == "No."


def test_what_no_head_looks_for_is_said_to_be_unsearched_and_not_absent() -> None:
    view = view_of((*FACTS, unknown("finding", "bleeding", (0, 32))), start_s=0, end_s=32)

    answer = builder.finding(view, "bleeding", RANDOM).answer
    assert answer == "Not enough evidence: the video is not searched for bleeding."


def test_a_description_names_what_is_clear_and_leaves_out_what_is_not() -> None:
    unsure = Fact(lane="phase", label="preparation", start_s=0, end_s=32, probability=0.4)
    seen = view_of((unsure, FACTS[2]), start_s=0, end_s=32)
    nothing = view_of((unsure,), start_s=0, end_s=32)

    assert builder.describe(seen, RANDOM).answer == "Scissors are visible [[t=0-32]]."
    assert builder.describe(nothing, RANDOM).answer == "Not enough evidence: nothing is clear [[t=0-32]]."


def test_questions_for_one_word_all_have_an_answer_of_one_word() -> None:
    draw, random = QuestionDraw(Random(8)), Random(9)
    for _ in range(40):
        made = made_up(random)
        view = view_of(made.facts, start_s=made.start_s, end_s=made.end_s)
        for question in draw.draw_one_word(view, 8):
            assert question.expected
            assert question.text.endswith((closed_form.YES_OR_NO, closed_form.ONE_NAME))


def test_one_name_is_that_of_the_longest_phase() -> None:
    later = Fact(lane="phase", label="clipping-and-cutting", start_s=32, end_s=40, probability=0.95)
    question = closed_form.phase(view_of((*FACTS, later), start_s=0, end_s=40), RANDOM)

    assert question is not None
    assert (question.answer, question.expected) == ("Gallbladder dissection.", "gallbladder-dissection")
    assert closed_form.phase(view_of(FACTS[1:], start_s=0, end_s=40), RANDOM) is None


def test_without_a_timeline_answers_point_at_the_whole_window() -> None:
    view = view_of(FACTS, start_s=0, end_s=32, has_timeline=False)

    assert builder.instrument_yes_no(view, "hook", RANDOM).answer == "Yes, a hook is visible [[t=0-32]]."


def test_yes_and_no_come_equally_often_for_each_instrument() -> None:
    draw, random, counts = QuestionDraw(Random(3)), Random(4), Counter[tuple[str, str]]()
    for _ in range(150):
        made = made_up(random)
        for question in draw.draw(view_of(made.facts, start_s=made.start_s, end_s=made.end_s), 12):
            if question.kind == "instrument_yes_no" and question.expected:
                counts[question.about, question.expected] += 1
    for label in ("grasper", "hook", "clipper"):
        assert abs(counts[label, "yes"] - counts[label, "no"]) <= 3


def test_answers_made_from_a_timeline_never_contradict_it() -> None:
    random = Random(5)
    draw = QuestionDraw(random)
    for _ in range(60):
        made = made_up(random)
        watch = watch_over(made.facts, watched=NOT_KNOWN, duration_s=made.end_s)
        for question in draw.draw(view_of(made.facts, start_s=made.start_s, end_s=made.end_s), 6):
            claims = parse_claims(question.answer, made.end_s)
            checked = check_claims(claims, made.facts, watch=watch, question=question.text)
            assert all(claim.verdict != "contradicted" for claim in checked), question


def test_doubt_changes_certainty_and_edges_but_not_what_is_there() -> None:
    ragged = doubted(FACTS[:2], Random(6), end_s=32)
    true = {(fact.lane, fact.label) for fact in FACTS[:2]}

    assert true <= {(fact.lane, fact.label) for fact in ragged}
    assert all(0 <= fact.start_s < fact.end_s <= 32 for fact in ragged)


def test_every_milestone_can_be_asked_straight_out() -> None:
    assert set(phrasing.MILESTONE_STRAIGHT) == set(MILESTONES)
