"""What follows from the phase that is seen: its aim, what comes next, what it suggests; openly and for yes or no."""

from dataclasses import replace

import pytest

from inference.llava_surg.replies.reply import Reply
from tests.unit.llava_surg.asked.made_up import operation, reply_to

# In the made-up operation the triangle is dissected from 0:20 to 1:00, and clips are set from there to 1:20.
FACTS = operation()
UNSURE = tuple(replace(fact, probability=0.4) for fact in FACTS)


def reply(*turns: str, facts: tuple = FACTS) -> Reply:
    found = reply_to(*turns, facts=facts)[1]
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        (
            "From 0:30 to 0:50, is the aim to free the cystic duct and the cystic artery?",
            "Yes, the phase is dissection",
        ),
        ("Is this done to close and divide the cystic duct and the cystic artery between 1:02 and 1:18?", "Yes, "),
        (
            "Is the purpose of this step to stop bleeding and rinse the liver bed, from 0:30 to 0:50?",
            "No, the phase is",
        ),
        ("Is the surgeon trying to take the gallbladder off the liver bed from 0:30 to 0:50?", "No, the phase is"),
        ("Is this done to free the gallbladder from the liver bed from 1:25 to 1:40? Answer yes or no.", "Yes ["),
    ],
)
def test_whether_an_aim_is_that_of_the_phase_is_told(question: str, begins: str) -> None:
    assert reply(question).text.startswith(begins)


@pytest.mark.parametrize(
    "question",
    [
        "Is the aim to clip the hepatic artery?",
        "Is this done to protect the ureter?",
        "Was it done to cut the common bile duct?",
        "Is the purpose to remove a giraffe?",
    ],
)
def test_an_aim_that_no_phase_has_is_neither_confirmed_nor_denied(question: str) -> None:
    told = reply(question)
    assert told.is_insufficient
    assert not any(sentence.is_claim for sentence in told.sentences)
    assert question.split()[-1].rstrip("?") in told.text


def test_nothing_follows_from_a_phase_that_is_unsure() -> None:
    for question in ("Is the aim to close the duct?", "What comes next?", "What does this suggest?"):
        assert reply(question, facts=UNSURE).is_insufficient


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("Is clipping and cutting the usual next step at 0:40?", "Yes, after dissection of the Calot triangle"),
        ("Does gallbladder packaging usually come next at 0:40?", "No, after dissection of the Calot triangle"),
        ("Is clipping and cutting next at 0:40? Answer yes or no.", "Yes ["),
        ("Is preparation next at 0:40? Answer yes or no.", "No ["),
    ],
)
def test_whether_a_phase_comes_next_is_answered_with_yes_or_no(question: str, begins: str) -> None:
    assert reply(question).text.startswith(begins)


@pytest.mark.parametrize(
    "question", ["What does this suggest?", "What can be deduced from this?", "What do you conclude?"]
)
def test_what_a_phase_suggests_is_what_textbooks_say(question: str) -> None:
    assert "duct and artery are not divided yet" in reply(f"From 0:25 to 0:55: {question}").text


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Warum wird von 0:30 bis 0:50 präpariert?", "freizulegen"),
        ("Pourquoi cette phase, de 0:30 à 0:50 ?", "libérer"),
        ("¿Para qué sirve esto, de 0:30 a 0:50?", "liberar"),
        ("Qual è lo scopo, da 0:30 a 0:50?", "liberare"),
        ("从0:30到0:50的目的是什么？", "游离"),
    ],
)
def test_a_reason_is_told_in_the_language_of_its_question(question: str, says: str) -> None:
    assert says in reply(question).text


LIKELY = tuple(replace(fact, probability=0.7) for fact in FACTS)


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("Are the duct and the artery divided already at 1:30?", "Yes, probably: the phase is gallbladder dissection"),
        ("Are the duct and the artery divided at 0:40?", "No, probably not: the phase is dissection of the Calot"),
        ("Is the aim to close the duct at 1:10? Answer yes or no.", "Yes, probably (probability 0.70) ["),
        ("Which phase is this at 0:40?", "The phase is probably dissection of the Calot triangle (probability 0.70) ["),
        (
            "What does this suggest at 0:40?",
            "The phase is probably dissection of the Calot triangle (probability 0.70) [",
        ),
        ("Why is this done at 0:40?", "The phase is probably dissection of the Calot triangle (probability 0.70) ["),
    ],
)
def test_what_follows_from_a_phase_that_is_likely_and_not_sure_carries_its_number(question: str, begins: str) -> None:
    told = reply(question, facts=LIKELY)
    assert told.text.startswith(begins), told.text
    assert not told.is_insufficient


def test_the_length_of_a_clip_is_that_of_the_video() -> None:
    assert reply("How long is the clip?").text == "The video is 2:00 long."
