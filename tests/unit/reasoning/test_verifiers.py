"""Each type of answer against its gold: what is right, what is near, what only looks right."""

import pytest

from inference.reasoning.schema import ANSWER_TYPES, CANNOT_TELL, AnswerType, Gold, gold_of
from inference.reasoning.verifiers.registry import VERIFIERS, verify, verify_leniently

LEVELS = ("novice", "intermediate", "expert")


def gold(type: AnswerType, value: str, **fields: object) -> Gold:
    return Gold(type=type, value=value, **fields)  # type: ignore[arg-type]


def test_every_type_of_answer_has_a_verifier() -> None:
    assert set(VERIFIERS) == set(ANSWER_TYPES)


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ("hook", gold("choice", "hook", options=("hook", "grasper"))),
        ("The Hook.", gold("choice", "hook", options=("hook", "grasper"))),
        ("grasper and hook", gold("vocabulary", "hook, grasper")),
        ("tweezers, hook", gold("vocabulary", "hook, grasper", aliases=("tweezers=grasper",))),
        ("expert", gold("ordinal", "expert", options=LEVELS)),
        ("intermediate", gold("ordinal", "expert", options=LEVELS, tolerance=1)),
        ("12.5 s", gold("numeric", "12.5", unit="s", tolerance=0.2)),
        ("2 min", gold("numeric", "120", unit="s")),
        ("3 times", gold("count", "3")),
        ("01:02", gold("timestamp", "62.0")),
        ("61 s", gold("timestamp", "62.0")),
        ("4.0-9.0 s, 20-30", gold("intervals", "20.0-30.5, 4.0-9.0")),
        ("Cannot tell.", gold("abstain", CANNOT_TELL)),
        ("no", gold("abstain", "no")),
        ("the cystic duct was clipped", gold("short_text", "cystic duct was clipped")),
        ("cannot tell", gold("count", CANNOT_TELL)),
    ],
)
def test_what_is_right_is_right(answer: str, wanted: Gold) -> None:
    verdict = verify(answer, wanted)
    assert (verdict.is_right, verdict.score) == (True, 1.0)


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ("hook or grasper", gold("choice", "hook", options=("hook", "grasper"))),
        ("hook", gold("choice", "hook and bag", options=("hook", "hook and bag"))),
        ("hook", gold("vocabulary", "hook, grasper")),
        ("novice or expert", gold("ordinal", "expert", options=LEVELS)),
        ("12.5", gold("numeric", "12.5", unit="s")),
        ("12.5 mm", gold("numeric", "12.5", unit="s")),
        ("14 s", gold("numeric", "12.5", unit="s", tolerance=0.2)),
        ("3.5", gold("count", "3")),
        ("70 s", gold("timestamp", "62.0")),
        ("nan", gold("timestamp", "62.0")),
        ("0-300 s", gold("intervals", "4.0-9.0")),
        ("4-9, 40-49", gold("intervals", "4.0-9.0")),
        ("yes", gold("abstain", CANNOT_TELL)),
        ("3", gold("count", CANNOT_TELL)),
        ("", gold("count", "0")),
    ],
)
def test_what_is_wrong_hedged_or_without_its_unit_is_not_right(answer: str, wanted: Gold) -> None:
    assert not verify(answer, wanted).is_right


def test_near_is_worth_more_than_far_and_less_than_right() -> None:
    near = verify("intermediate", gold("ordinal", "expert", options=LEVELS)).score
    assert 0 == verify("novice", gold("ordinal", "expert", options=LEVELS)).score < near < 1
    assert 0 < verify("2", gold("count", "3")).score < 1
    assert 0 < verify("65 s", gold("timestamp", "62.0")).score < 1


def test_a_wrong_abstention_is_better_than_a_wrong_assertion() -> None:
    wanted = gold("abstain", "yes")
    assert verify("no", wanted).score < verify(CANNOT_TELL, wanted).score < 0.5


def test_the_lenient_reading_finds_an_answer_in_a_sentence_that_the_strict_one_refuses() -> None:
    wanted = gold("numeric", "12.5", unit="s")
    assert not verify("it took 12.5 s in all", wanted).is_right
    assert verify_leniently("it took 12.5 s in all", wanted).is_right


def test_a_gold_survives_being_stored() -> None:
    wanted = gold("ordinal", "expert", options=LEVELS, tolerance=1, aliases=("master",))
    assert gold_of(wanted.row()) == wanted
    with pytest.raises(ValueError, match="poem"):
        gold_of({"type": "poem", "value": "x"})
