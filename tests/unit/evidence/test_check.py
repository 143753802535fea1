"""What the timeline says of a claim: supported only where somebody watched and saw it, or watched and saw nothing."""

import pytest

from inference.evidence.check import check_claims
from inference.evidence.citation import Span
from inference.evidence.claim import parse_claims
from inference.evidence.fact import Fact
from inference.evidence.verdict import CheckedClaim
from inference.evidence.watched import NOT_KNOWN, Watched, watch_over, watched_outputs

DURATION_S = 60.0
# Of operations: no scissors, no cutting, no cystic duct.
WATCHED = watched_outputs(
    [
        *(f"instrument/{label}" for label in ("grasper", "hook", "clipper", "bipolar", "irrigator")),
        *(f"verb/{label}" for label in ("grasp", "dissect", "retract", "coagulate")),
        *(f"target/{label}" for label in ("gallbladder", "fluid", "specimen_bag")),
        *(f"phase/{label}" for label in ("preparation", "clipping-and-cutting", "gallbladder-dissection")),
        "body/outside",
        *(f"simulator/instrument/{label}" for label in ("scissors", "needle_driver")),
        *(f"simulator/gesture/{label}" for label in ("reach", "grasp", "reach_suture")),
    ]
)


def fact(lane: str, label: str, start_s: float, end_s: float, probability: float = 0.9) -> Fact:
    return Fact(lane=lane, label=label, start_s=start_s, end_s=end_s, probability=probability)


HOOK = fact("instrument", "hook", 2, 12)
FACTS = (
    HOOK,
    fact("instrument", "grasper", 0, 30, 0.7),
    fact("instrument", "bipolar", 20, 30, 0.5),
    fact("verb", "dissect", 2, 12),
    fact("target", "gallbladder", 2, 12, 0.85),
    fact("phase", "gallbladder-dissection", 0, 30, 0.92),
    fact("phase", "clipping-and-cutting", 30, 50, 0.9),
    fact("body", "outside", 50, 60, 0.95),
)


def check(
    text: str,
    question: str = "",
    *,
    facts: tuple[Fact, ...] = FACTS,
    watched: Watched = WATCHED,
    duration_s: float = DURATION_S,
) -> CheckedClaim:
    watch = watch_over(facts, watched=watched, duration_s=duration_s)
    return check_claims(parse_claims(text, duration_s), facts, watch=watch, question=question)[0]


S, N, C = "supported", "not_verified", "contradicted"

PLAIN = [
    # What is seen.
    ("A hook is visible [[t=3-8]].", S),
    ("A hook is visible [[t=0:03-0:08]].", S),
    ("The hooks are used [[t=3-8]].", S),
    ("**A hook** is visible [[t=3-8]].", S),
    ("A hook can be seen in this clip [[t=3-8]].", S),
    ("A hook and a grasper are visible [[t=3-8]].", S),
    ("Both a hook and a grasper are visible [[t=3-8]].", S),
    ("Not only a hook but also a grasper is visible [[t=3-8]].", S),
    ("Dissecting is seen [[t=3-8]].", S),
    ("The gallbladder is worked on [[t=3-8]].", S),
    ("The phase is gallbladder dissection [[t=0-30]].", S),
    ("A hook is visible during gallbladder dissection [[t=3-8]].", S),
    ("A hook is visible.", S),
    ("The camera is outside the body [[t=50-60]].", S),
    # Windows: edges, parts, several.
    ("A hook is visible [[t=12-15]].", N),
    ("A hook is visible [[t=13-20]].", N),
    ("A hook is visible [[t=7]].", S),
    ("A hook is visible [[t=12.4]].", N),
    ("A hook is visible [[t=0-60]].", N),
    ("A hook is visible [[t=3-8]] [[t=20-25]].", N),
    ("A hook is visible [[t=3-5]] [[t=9-12]].", S),
    ("A hook is always visible [[t=0-30]].", N),
    ("A hook is visible throughout [[t=3-11]].", S),
    ("The phase is gallbladder dissection [[t=0-60]].", S),
    ("The phase is gallbladder dissection [[t=20-50]].", C),
    ("The phase is clipping and cutting [[t=0-30]].", C),
    ("The phase is preparation [[t=50-60]].", N),
    ("The phase is only gallbladder dissection [[t=0-30]].", S),
    ("The phase is only gallbladder dissection [[t=20-38]].", N),
    # Unsure, or below what may be claimed.
    ("A bipolar is visible [[t=20-30]].", N),
    ("No bipolar is visible [[t=20-30]].", N),
    # What is not seen, by somebody who looked.
    ("No clipper is visible [[t=0-30]].", S),
    ("There is no clipper [[t=0-48]].", S),
    ("A clipper is never visible [[t=0-48]].", S),
    ("No hook is visible [[t=12-20]].", S),
    ("No hook is visible [[t=20-25]].", S),
    ("A clipper isn't visible [[t=0-30]].", S),
    ("Neither a clipper nor an irrigator is visible [[t=0-30]].", S),
    ("No clipper or irrigator is visible [[t=0-30]].", S),
    ("A clipper and an irrigator are not visible [[t=0-30]].", S),
    ("No coagulating is seen [[t=0-30]].", N),
    ("No work on the fluid is seen [[t=0-30]].", N),
    ("The phase is not preparation [[t=0-30]].", S),
    ("A hook but no clipper is visible [[t=3-8]].", S),
    # Where nobody looked: most of it outside the body, or all.
    ("No clipper is visible [[t=40-60]].", N),
    ("No clipper is visible [[t=52-58]].", N),
    ("No clipper is visible.", N),
    ("The phase is not preparation [[t=45-60]].", N),
    # Seen all the same.
    ("No hook is visible [[t=3-8]].", C),
    ("No hook is visible [[t=0-48]].", C),
    ("There is never a hook [[t=0-48]].", C),
    ("A hook is not visible [[t=3-8]].", C),
    ("No hook, clipper or irrigator is visible [[t=3-8]].", C),
    ("A hook and a clipper are not visible [[t=3-8]].", C),
    ("No grasper is visible [[t=0-30]].", N),
    ("The phase is not gallbladder dissection [[t=0-30]].", C),
    ("No clipping and cutting [[t=30-50]].", C),
    # Looking at a structure is not working on it.
    ("No fluid is visible [[t=0-30]].", N),
    # Nobody watches for it in an operation.
    ("No scissors are visible [[t=0-30]].", N),
    ("No needle driver is visible [[t=0-30]].", N),
    ("No cutting is seen [[t=0-30]].", N),
    ("No work on the cystic duct is seen [[t=0-30]].", N),
    ("There is no bleeding [[t=0-30]].", N),
    ("No swab is left behind [[t=0-30]].", N),
    ("No ureter is visible [[t=0-30]].", N),
    ("There is no bile leak [[t=0-30]].", N),
    ("No hook and no scissors are visible [[t=14-20]].", N),
    ("There is bleeding [[t=3-8]].", N),
    ("A hook is visible and there is bleeding [[t=3-8]].", N),
    ("Scissors are visible [[t=3-8]].", N),
    # Words that no table knows.
    ("A giraffe is visible [[t=3-8]].", N),
    ("No giraffe is visible [[t=3-8]].", N),
    ("A hook and a giraffe are visible [[t=3-8]].", N),
    ("No clipper and no giraffe are visible [[t=0-30]].", N),
    ("The hook carefully avoids harm [[t=3-8]].", N),
    ("The patient is well.", N),
    # Counts, sides, order, who does what: no fact tells them.
    ("Two hooks are visible [[t=3-8]].", N),
    ("Both hooks are visible [[t=3-8]].", N),
    ("No second hook is visible [[t=3-8]].", N),
    ("The left grasper is visible [[t=3-8]].", N),
    ("A hook is visible before the grasper [[t=3-8]].", N),
    ("The hook dissects the gallbladder [[t=3-8]].", N),
    ("A grasper is visible, dissecting [[t=3-8]].", N),
    ("The hook is not on the gallbladder [[t=3-8]].", N),
    ("No hook is visible during gallbladder dissection [[t=3-8]].", N),
    ("A hook is visible for 5 seconds [[t=3-8]].", N),
    # Only: other things are not all watched, but one that is seen speaks against it.
    ("Only a hook is visible [[t=3-8]].", N),
    ("Only a grasper is visible [[t=3-8]].", C),
    ("Nothing but a grasper is visible [[t=3-8]].", C),
    ("Only a grasper is visible [[t=14-19]].", N),
    # Twisted denials.
    ("A hook is not always visible [[t=3-8]].", N),
    ("It is not true that no hook is visible [[t=3-8]].", N),
    ("There is no doubt that a hook is visible [[t=3-8]].", N),
    ("A grasper is visible without a hook [[t=14-20]].", S),
    ("No clipper is visible and a hook is visible [[t=3-8]].", S),
    # Inferred, advised, abstained.
    ("Usually gallbladder packaging comes next.", N),
    ("A hook may be visible [[t=3-8]].", N),
    ("Not enough evidence: the timeline is unsure about a hook [[t=3-8]].", N),
    # Other languages are not understood, and not believed.
    ("Ein Haken ist sichtbar [[t=3-8]].", N),
    ("Es ist kein hook sichtbar [[t=3-8]].", N),
    ("Aucun hook n'est visible [[t=3-8]].", N),
]

ASKED = [
    ("Is a hook visible?", "Yes, a hook is visible [[t=3-8]].", S),
    ("Is a hook visible?", "Yes [[t=3-8]].", S),
    ("Is a hook visible?", "Yes, it is [[t=3-8]].", S),
    ("Is a hook visible?", "No [[t=3-8]].", C),
    ("Is a hook visible?", "No, no hook is visible [[t=3-8]].", C),
    ("Is a hook visible?", "No, a grasper is visible [[t=3-8]].", C),
    ("Is a hook visible?", "Yes, no hook is visible [[t=3-8]].", C),
    ("Is a hook visible? Answer yes or no.", "Yes [[t=3-8]].", S),
    ("Is a hook visible or not?", "Yes [[t=3-8]].", S),
    ("Is a clipper visible?", "Yes, a grasper is visible [[t=3-8]].", N),
    ("Is a clipper visible?", "Yes, a hook is visible [[t=3-8]].", N),
    ("Is a clipper visible?", "No, a hook is visible [[t=3-8]].", S),
    ("Is a clipper visible?", "No, no clipper is visible [[t=0-30]].", S),
    ("Is a clipper visible?", "No [[t=0-30]].", S),
    ("Is a clipper visible?", "No [[t=40-60]].", N),
    ("Is a clipper visible?", "A hook is visible [[t=3-8]].", S),
    ("Are scissors visible?", "No, no scissors are visible [[t=0-30]].", N),
    ("Are scissors visible?", "No, a grasper is visible [[t=0-30]].", N),
    ("Is there bleeding?", "No, a hook is visible [[t=3-8]].", N),
    ("Is there bleeding?", "Yes, a hook is visible [[t=3-8]].", N),
    ("Is a giraffe visible?", "No, a hook is visible [[t=3-8]].", N),
    ("Is a giraffe visible?", "Yes, a hook is visible [[t=3-8]].", N),
    ("Is a giraffe visible?", "No [[t=3-8]].", N),
    # The phase is asked, and another thing.
    ("Is this gallbladder dissection?", "Yes, the phase is gallbladder dissection [[t=0-30]].", S),
    ("Is this clipping and cutting?", "No, the phase is gallbladder dissection [[t=0-30]].", S),
    ("Is this clipping and cutting?", "Yes, a hook is visible [[t=3-8]].", C),
    ("Is this preparation?", "Yes, the phase is gallbladder dissection [[t=0-30]].", C),
    # Two things.
    ("Are a hook and a grasper visible?", "Yes, a hook is visible [[t=3-8]].", S),
    ("Are a hook and a clipper visible?", "Yes, a hook is visible [[t=3-8]].", N),
    ("Are a hook and a clipper visible?", "No, no clipper is visible [[t=3-8]].", S),
    ("Is a hook or a clipper visible?", "Yes, a hook is visible [[t=3-8]].", S),
    ("Is a hook or a clipper visible?", "No [[t=3-8]].", C),
    ("Is an irrigator or a clipper visible?", "No [[t=3-8]].", S),
    ("Is an irrigator or a clipper visible?", "Yes, a hook is visible [[t=3-8]].", N),
    ("Is a hook and a swab visible?", "Yes, a hook is visible [[t=3-8]].", N),
    # Asked in the negative: what "yes" says differs from speaker to speaker.
    ("Isn't there a hook?", "Yes, a hook is visible [[t=3-8]].", S),
    ("Isn't there a hook?", "No, no hook is visible [[t=3-8]].", C),
    ("Isn't a clipper visible?", "Yes, a grasper is visible [[t=3-8]].", N),
    ("Is there no clipper?", "Yes [[t=0-30]].", N),
    ("Is there no clipper?", "No, there is no clipper [[t=0-30]].", S),
    ("Is the hook missing?", "Yes, a grasper is visible [[t=3-8]].", N),
    # More is asked than whether a thing is there.
    ("Is only a hook visible?", "Yes, a hook is visible [[t=3-8]].", N),
    ("Is the gallbladder injured?", "No, the gallbladder is worked on [[t=3-8]].", N),
    ("Is the hook dissecting the gallbladder?", "Yes, a hook is visible [[t=3-8]].", N),
    ("Are two hooks visible?", "Yes, hooks are visible [[t=3-8]].", N),
    ("Is the hook used safely?", "Yes, a hook is visible [[t=3-8]].", N),
    ("Is it visible?", "Yes, a hook is visible [[t=3-8]].", N),
    ("Should I use a hook next?", "Yes, a hook is used [[t=3-8]].", N),
    # No yes-or-no question.
    ("Which instruments are visible?", "A hook is visible [[t=3-8]].", S),
    ("What is the surgeon doing?", "Dissecting is seen [[t=3-8]].", S),
    # Yes and no of other languages.
    ("Is a clipper visible?", "Ja, a hook is visible [[t=3-8]].", N),
    ("Is a clipper visible?", "Oui, a hook is visible [[t=3-8]].", N),
    ("Is a hook visible?", "Nein, a grasper is visible [[t=3-8]].", C),
    ("Is a hook visible?", "Non, no hook is visible [[t=3-8]].", C),
    ("Ist ein Clipper sichtbar?", "Ja, ein Haken ist sichtbar [[t=3-8]].", N),
    ("Ist ein Clipper sichtbar?", "Ja, a hook is visible [[t=3-8]].", N),
    ("Un clipper est-il visible ?", "Oui, a hook is visible [[t=3-8]].", N),
]


@pytest.mark.parametrize(("text", "verdict"), PLAIN, ids=[text for text, _ in PLAIN])
def test_a_sentence_is_weighed_against_what_was_watched(text: str, verdict: str) -> None:
    assert check(text).verdict == verdict


@pytest.mark.parametrize(("question", "text", "verdict"), ASKED, ids=[f"{one[0]} {one[1]}" for one in ASKED])
def test_yes_and_no_speak_of_what_was_asked(question: str, text: str, verdict: str) -> None:
    assert check(text, question).verdict == verdict


def test_what_nobody_watches_is_not_denied_because_something_else_was_seen() -> None:
    seen = (fact("instrument", "grasper", 5, 8),)
    claim = check("No, no scissors are visible [[t=0-600]].", "Are scissors visible?", facts=seen, duration_s=600.0)

    assert claim.verdict == "not_verified"


def test_a_yes_is_no_support_for_another_thing_than_was_asked() -> None:
    seen = (fact("instrument", "grasper", 5, 8, 0.99),)
    claim = check("Yes, a grasper is visible [[t=5-8]].", "Is a clipper visible?", facts=seen)

    assert claim.verdict == "not_verified"


def test_a_timeline_that_tells_nothing_denies_nothing() -> None:
    assert check("No clipper is visible [[t=0-30]].", facts=()).verdict == "not_verified"


def test_without_knowing_what_is_watched_nothing_is_denied() -> None:
    assert check("No clipper is visible [[t=0-30]].", watched=NOT_KNOWN).verdict == "not_verified"
    assert check("A hook is visible [[t=3-8]].", watched=NOT_KNOWN).verdict == "supported"


@pytest.mark.parametrize("kind", ["other_laparoscopy", "not_surgery", "unknown", "made up"])
def test_outside_their_kind_of_video_watchers_deny_nothing(kind: str) -> None:
    facts = (*FACTS, fact("kind", kind, 0, 60))

    assert check("No clipper is visible [[t=0-30]].", facts=facts).verdict == "not_verified"


def test_in_a_box_trainer_its_own_watchers_speak() -> None:
    facts = (fact("instrument", "needle_driver", 0, 30), fact("verb", "reach", 0, 30))

    assert check("No scissors are visible [[t=0-30]].", facts=facts).verdict == "supported"
    assert check("No clipper is visible [[t=0-30]].", facts=facts).verdict == "not_verified"
    assert check("No reaching for the suture is seen [[t=0-30]].", facts=facts).verdict == "supported"
    # The gesture's watcher told nothing there.
    assert check("No reaching for the suture is seen [[t=31-50]].", facts=facts).verdict == "not_verified"


def test_a_label_of_an_old_timeline_is_still_weighed() -> None:
    facts = (fact("instrument", "bowel_clamp", 0, 30),)

    assert check("A bowel clamp is visible [[t=3-8]].", facts=facts).verdict == "supported"
    assert check("No bowel clamp is visible [[t=3-8]].", facts=facts).verdict == "contradicted"


def test_words_on_the_screen_are_no_evidence() -> None:
    facts = (fact("text", "hook", 0, 30, 0.99),)

    assert check("A hook is visible [[t=3-8]].", facts=facts).verdict == "not_verified"


def test_the_facts_behind_a_verdict_come_with_it_once() -> None:
    assert check("No, no hook is visible [[t=3-8]].", "Is a hook visible?").facts == (HOOK,)


def test_each_sentence_is_a_claim_with_its_seconds() -> None:
    claims = parse_claims("The phase is preparation [[t=0:05-30]]. A hook is visible [[t=2-4]] [[t=9-99]].", 30.0)

    assert [(claim.text, claim.start_s, claim.end_s) for claim in claims] == [
        ("The phase is preparation.", 5.0, 30.0),
        ("A hook is visible.", 2.0, 30.0),
    ]
    assert claims[1].spans == (Span(start_s=2.0, end_s=4.0), Span(start_s=9.0, end_s=30.0))


def test_an_empty_answer_makes_no_claims() -> None:
    assert parse_claims(" \n [[t=1-2]] ", 30.0) == []


def test_a_phase_below_nine_in_ten_contradicts_nothing() -> None:
    phases = watched_outputs(["phase/preparation", "phase/clipping-and-cutting"])
    for probability, verdict in ((0.89, False), (0.9, True)):
        told = Fact(lane="phase", label="preparation", start_s=0, end_s=60, probability=probability)
        claims = parse_claims("The phase is clipping and cutting [[t=10-20]].", 60.0)
        checked = check_claims(claims, [told], watch=watch_over([told], watched=phases, duration_s=60.0))
        assert (checked[0].verdict == "contradicted") is verdict
