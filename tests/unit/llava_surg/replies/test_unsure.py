"""What is seen and not sure says so in every sentence that rests on it, whatever is asked of it."""

import re

import pytest

from inference.evidence.fact import Fact
from inference.llava_surg.replies.reply import Reply
from tests.unit.llava_surg.asked.made_up import operation, reply_to

NUMBER = re.compile(r"0\.[67]\d")


def fact(lane: str, label: str, start_s: float, end_s: float, probability: float) -> Fact:
    return Fact(lane=lane, label=label, start_s=start_s, end_s=end_s, probability=probability)


LIKELY = (
    fact("phase", "clipping-and-cutting", 0, 60, 0.79),
    fact("phase", "gallbladder-dissection", 60, 120, 0.79),
    fact("instrument", "hook", 70, 110, 0.64),
    fact("instrument", "clipper", 5, 40, 0.66),
    fact("verb", "dissect", 70, 110, 0.67),
    fact("target", "gallbladder", 0, 120, 0.67),
)


def reply(question: str, facts: tuple[Fact, ...] = LIKELY, *before: str) -> Reply:
    found = reply_to(*before, question, facts=facts)[1]
    assert found is not None
    return found


@pytest.mark.parametrize(
    "question",
    [
        "Which phase is this?",
        "What comes next?",
        "What comes after clipping and cutting?",
        "What came before this?",
        "Describe the video.",
        "When does the gallbladder dissection begin?",
        "How long does the gallbladder dissection take?",
        "How often is the gallbladder dissection seen?",
        "Is the clipping and cutting before the gallbladder dissection?",
        "Which phase takes the longest?",
        "Which phase comes first?",
        "How many phases are seen?",
        "Is this gallbladder dissection?",
        "Is the phase gallbladder dissection?",
        "Are we in the preparation?",
        "Why is this done?",
        "What does this suggest?",
        "Is the gallbladder free of the liver?",
        "How sure are you about the phase?",
        "Compare the first half with the second half.",
        "Which instruments are visible during the gallbladder dissection?",
        "Which instruments are visible?",
        "Is a hook visible?",
        "Is a hook visible? Answer yes or no.",
        "When is the hook first seen?",
        "When is the hook last seen?",
        "How long is the hook used?",
        "How often is the hook used?",
        "Is the clipper used before the hook?",
        "Is the hook seen together with the gallbladder at the same time?",
        "How many instruments are used?",
        "Which instrument is used most?",
        "What is the surgeon doing?",
        "Which structures are visible?",
        "Welche Phase ist das?",
        "Wann ist der Haken zu sehen?",
        "Que voit-on ?",
        "¿Cuándo se ve el gancho?",
        "Quando si vede l'uncino?",
        "电钩什么时候出现？",
    ],
)
def test_no_sentence_about_something_likely_leaves_its_number_out(question: str) -> None:
    told = reply(question)
    assert not told.is_insufficient, told.text
    assert NUMBER.search(told.sentences[0].text), told.text
    for sentence in told.sentences:
        assert NUMBER.search(sentence.text) or re.match(r"If so|Wenn ja|Si |Se è|若是|The aim of", sentence.text), (
            told.text
        )


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What comes next?", "The phase is probably gallbladder dissection (probability 0.79) [[t=60-120]]. "
         "If so, after gallbladder dissection, gallbladder packaging usually follows [[t=60-120]]."),
        ("When is the hook first seen?", "A hook is probably seen (probability 0.64) [[t=70-110]]. "
         "If so, a hook is first seen at 1:10 [[t=70-110]]."),
        ("How many instruments are used?", "Instruments seen: 2, namely a clipper (probability 0.66), "
         "a hook (probability 0.64) [[t=5-40]] [[t=70-110]]."),
        ("Is this still the preparation?", "No, probably not preparation: the likeliest phase is clipping and cutting "
         "(probability 0.79) [[t=0-60]]."),
        ("What came before this?", "The phase is probably clipping and cutting (probability 0.79) [[t=0-60]]. "
         "If so, before clipping and cutting, dissection of the Calot triangle usually comes [[t=0-60]]."),
    ],
)  # fmt: skip
def test_what_rests_on_something_likely_stands_behind_it(question: str, text: str) -> None:
    assert reply(question).text == text


def test_a_phase_is_told_without_its_number_from_nine_in_ten_on() -> None:
    for probability, text in (
        (0.89, "The phase is probably preparation (probability 0.89)"),
        (0.9, "The phase is preparation [["),
    ):
        assert reply("Which phase is this?", (fact("phase", "preparation", 0, 120, probability),)).text.startswith(text)


def test_what_is_sure_is_told_without_a_number() -> None:
    assert "probab" not in reply("What happens in this video?", operation()).text
    assert "If so" not in reply("When is the hook first seen?", operation()).text


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("What comes next?", "The phase is probably preparation (probability 0.55)"),
        ("Has the gallbladder been detached from the liver?", "No, probably not"),
        ("Is this done to close the cystic duct? Answer yes or no.", "No, probably not (probability 0.55)"),
        ("Does gallbladder dissection come next?", "No, the phase is probably preparation"),
        ("What does this suggest?", "The phase is probably preparation (probability 0.55)"),
        ("Why is this done?", "The phase is probably preparation (probability 0.55)"),
    ],
)
def test_what_follows_from_a_phase_is_told_as_soon_as_it_is_more_likely_than_not(question: str, begins: str) -> None:
    told = reply(question, (fact("phase", "preparation", 0, 120, 0.55),))
    assert told.text.startswith(begins), told.text
    assert not told.is_insufficient
    assert "0.55" in told.text
    assert not told.sentences[0].is_claim or "0.55" in told.sentences[0].text


def test_a_phase_below_a_half_answers_nothing_but_that_it_is_no_other() -> None:
    doubtful = (fact("phase", "preparation", 0, 120, 0.45),)
    assert reply("What comes next?", doubtful).is_insufficient
    assert reply("Is this preparation?", doubtful).is_insufficient
    told = reply("Is this gallbladder dissection?", doubtful)
    assert (
        told.text
        == "No, probably not gallbladder dissection: the likeliest phase is preparation (probability 0.45) [[t=0-120]]."
    )
    assert not any(sentence.is_claim for sentence in told.sentences)


def test_a_phase_of_a_part_rules_no_other_out() -> None:
    assert reply("Is this gallbladder dissection?", (fact("phase", "preparation", 0, 60, 0.45),)).is_insufficient


@pytest.mark.parametrize(
    ("phases", "question", "text"),
    [
        (("cleaning-and-coagulation", "gallbladder-packaging"), "What comes next?",
         "After gallbladder packaging, gallbladder extraction usually follows"),
        (("gallbladder-packaging", "gallbladder-extraction"), "What comes next?",
         "After gallbladder extraction, the end of the operation usually follows"),
        (("gallbladder-packaging", "gallbladder-extraction"), "Was kommt als Nächstes?",
         "Auf Bergung der Gallenblase folgt gewöhnlich: das Ende der Operation"),
        (("cleaning-and-coagulation", "gallbladder-packaging"), "Is cleaning and coagulation next?", "No, after"),
    ],
)  # fmt: skip
def test_what_was_seen_before_does_not_follow_once_more(phases: tuple[str, str], question: str, text: str) -> None:
    first, second = (fact("phase", phase, 60 * place, 60 * place + 60, 0.95) for place, phase in enumerate(phases))
    assert text in reply(question, (first, second)).text
