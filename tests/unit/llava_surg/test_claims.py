"""Sentences to claims, citations into the video, verdicts from the timeline."""

import pytest

from inference.evidence.fact import Fact
from inference.llava_surg.answering.claims import CheckedClaim, check_claims, parse_claims

HOOK = Fact(lane="instrument", label="hook", start_s=2, end_s=12, probability=0.9)
GRASPER = Fact(lane="instrument", label="grasper", start_s=0, end_s=30, probability=0.7)
UNSURE = Fact(lane="instrument", label="bipolar", start_s=0, end_s=30, probability=0.55)
DISSECTION = Fact(lane="phase", label="gallbladder-dissection", start_s=0, end_s=30, probability=0.92)
FACTS = (HOOK, GRASPER, UNSURE, DISSECTION)


def check(text: str) -> CheckedClaim:
    return check_claims(parse_claims(text, 30.0), FACTS)[0]


def test_each_sentence_is_a_claim_with_its_seconds() -> None:
    claims = parse_claims(
        "The phase is gallbladder dissection [[t=0-30]]. A hook is visible [[t=2-4]] [[t=9-12]].", 30.0
    )

    assert [(claim.text, claim.start_s, claim.end_s) for claim in claims] == [
        ("The phase is gallbladder dissection.", 0.0, 30.0),
        ("A hook is visible.", 2.0, 12.0),
    ]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("A hook is visible [[t=3-8]].", "supported"),
        ("Yes, the hooks are used [[t=3-8]].", "supported"),
        ("A hook is visible [[t=20-25]].", "not_verified"),
        ("A bipolar is visible [[t=3-8]].", "not_verified"),
        ("No, no hook is visible [[t=3-8]].", "contradicted"),
        ("No, no hook is visible [[t=20-25]].", "supported"),
        ("A clipper is visible [[t=3-8]].", "not_verified"),
        ("The phase is gallbladder dissection [[t=0-30]].", "supported"),
        ("The phase is clipping and cutting [[t=0-30]].", "contradicted"),
        ("Usually gallbladder packaging comes next.", "not_verified"),
        ("Not enough evidence: the timeline is unsure about a hook [[t=3-8]].", "not_verified"),
        ("The patient is well.", "not_verified"),
    ],
)
def test_a_claim_is_weighed_against_the_timeline(text: str, verdict: str) -> None:
    assert check(text).verdict == verdict


def test_a_timeline_with_labels_of_its_own_is_understood_too() -> None:
    facts = (
        Fact(lane="instrument", label="needle_driver", start_s=0, end_s=30, probability=0.9),
        Fact(lane="phase", label="peg_transfer", start_s=0, end_s=30, probability=0.9),
    )
    sentences = ("A needle driver is visible", "No needle driver is visible", "The phase is preparation")
    text = " ".join(f"{sentence} [[t=0-9]]." for sentence in sentences)
    verdicts = [claim.verdict for claim in check_claims(parse_claims(text, 30.0), facts)]

    assert verdicts == ["supported", "contradicted", "contradicted"]


def test_a_gesture_of_several_words_is_not_taken_for_its_first() -> None:
    facts = (Fact(lane="verb", label="reach", start_s=0, end_s=9, probability=0.95),)
    (claim,) = check_claims(parse_claims("No, no reaching for the suture is seen [[t=0-9]].", 30.0), facts)

    assert claim.verdict == "supported"


def test_a_sentence_that_also_names_what_no_head_looks_for_is_not_supported() -> None:
    assert check("A hook is visible and there is bleeding [[t=3-8]].").verdict == "not_verified"


def test_the_facts_behind_a_verdict_come_with_it() -> None:
    assert check("No hook is visible [[t=3-8]].").facts == (HOOK,)


def test_an_empty_answer_makes_no_claims() -> None:
    assert parse_claims(" \n [[t=1-2]] ", 30.0) == []
