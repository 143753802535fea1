"""What is more likely than not is told with its number and claims nothing; work is more than being in view."""

import pytest

from inference.evidence.fact import Fact
from inference.llava_surg.replies.reply import Reply
from tests.unit.llava_surg.asked.made_up import WATCHED, reply_to, watch


def fact(lane: str, label: str, probability: float) -> Fact:
    return Fact(lane=lane, label=label, start_s=10, end_s=40, probability=probability)


def reply(question: str, *facts: Fact) -> Reply:
    found = reply_to(question, facts=facts)[1]
    assert found is not None
    return found


HOOK = fact("instrument", "hook", 0.56)
DOUBTFUL_HOOK = fact("instrument", "hook", 0.42)
PHASE = fact("phase", "clipping-and-cutting", 0.55)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Is a hook visible?", "Yes, probably: a hook is seen (probability 0.56) [[t=10-40]]."),
        ("Is a hook visible? Answer yes or no.", "Yes, probably (probability 0.56) [[t=10-40]]."),
        ("Which instruments are visible?", "A hook is probably seen (probability 0.56) [[t=10-40]]."),
        ("When is the hook used?", "A hook is probably seen (probability 0.56) [[t=10-40]]."),
    ],
)
def test_what_is_probable_is_an_answer_with_its_number_and_no_claim(question: str, text: str) -> None:
    told = reply(question, HOOK)
    assert told.text == text
    assert not told.is_insufficient
    assert not any(sentence.is_claim for sentence in told.sentences)


def test_what_is_less_likely_than_not_stays_a_refusal_with_its_number() -> None:
    told = reply("Is a hook visible?", DOUBTFUL_HOOK)
    assert told.is_insufficient
    assert "0.42" in told.text


def test_a_probable_phase_is_told_and_another_is_probably_not_it() -> None:
    assert reply("Which phase is this?", PHASE).text.startswith(
        "The phase is probably clipping and cutting (probability 0.55)"
    )
    assert reply("Is this preparation?", PHASE).text.startswith(
        "No, probably not preparation: the likeliest phase is clipping"
    )


def test_a_premise_that_is_only_probable_is_not_explained() -> None:
    assert reply("Why is the hook used?", HOOK).is_insufficient


@pytest.mark.parametrize(
    "question",
    [
        "Is the gallbladder worked on?",
        "Is an instrument on the gallbladder?",
        "Do they act on the gallbladder?",
        "Is the gallbladder touched?",
        "Wird die Gallenblase berührt?",
    ],
)
def test_a_structure_in_view_is_not_said_to_be_worked_on(question: str) -> None:
    in_view = fact("anatomy", "gallbladder", 0.9)
    watched = watch(WATCHED - {("target", "gallbladder")})
    told = reply_to(question, facts=(in_view,), watched=watched)[1]
    assert told is not None
    assert told.is_insufficient
    assert "allbladder" in told.text or "Gallenblase" in told.text


def test_work_on_a_structure_is_told_where_it_is_watched_and_denied_where_the_structure_is_not_in_view() -> None:
    assert (
        reply("Is the liver worked on?", fact("target", "liver", 0.9)).text
        == "Yes, work on the liver is seen [[t=10-40]]."
    )
    watched = watch(WATCHED - {("target", "cystic_artery")})
    told = reply_to("Is the cystic artery touched?", facts=(HOOK,), watched=watched)[1]
    assert told is not None
    assert told.text.startswith("No, the cystic artery is not seen")


@pytest.mark.parametrize("question", ["Is coagulating done in this clip?", "Is dissecting done here?"])
def test_what_is_done_in_a_clip_is_asked_to_be_there_and_not_to_be_over(question: str) -> None:
    coagulating, dissecting = fact("verb", "coagulate", 0.9), fact("verb", "dissect", 0.9)
    assert reply(question, coagulating, dissecting).text.startswith("Yes, ")


def test_how_long_something_probably_is_seen_is_told_with_its_number() -> None:
    assert reply("How long is the hook used?", HOOK).text == (
        "A hook is probably seen for 30 s in all (probability 0.56) [[t=10-40]]."
    )


def test_after_what_lasts_to_the_end_nothing_is_denied() -> None:
    grasper = Fact(lane="instrument", label="grasper", start_s=0, end_s=120, probability=0.9)
    for question in ("Is the hook used after the grasper?", "Is the hook used before the grasper?"):
        told = reply(question, grasper)
        assert not told.text.startswith("No,")
        assert "[[t=120-120]]" not in told.text


def test_without_any_likely_phase_none_is_said_not_to_be_seen() -> None:
    for question in ("Are we in the Calot triangle dissection?", "Which phase is this?", "What does this suggest?"):
        told = reply(question, HOOK)
        assert told.is_insufficient
        assert "no phase is likely enough" in told.text


def test_what_an_instrument_does_is_what_is_done_meanwhile_and_not_told_to_be_its_work() -> None:
    told = reply("What is the hook doing?", fact("instrument", "hook", 0.9), fact("verb", "dissect", 0.9))
    assert told.is_insufficient
    assert "Dissecting is seen [[t=10-40]]." in told.text


def test_a_refusal_names_the_whole_of_a_name_of_several_words() -> None:
    watched = watch(WATCHED - {("instrument", "clipper")})
    told = reply_to("Is a clip applier used?", facts=(HOOK,), watched=watched)[1]
    assert told is not None
    assert "clip applier" in told.text
