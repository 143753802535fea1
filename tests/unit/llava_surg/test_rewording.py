"""Questions that mean the same are put to the model in one wording; all others are left as they are."""

import pytest

from inference.llava_surg.answering.knowledge import MILESTONES
from inference.llava_surg.answering.rewording import WORDING, reworded
from inference.llava_surg.training.questions.phrasing import MILESTONE_STRAIGHT


@pytest.mark.parametrize(
    ("question", "statement"),
    [
        ("Is the gallbladder free of the liver?", "the gallbladder is free of the liver"),
        ("Has the gallbladder been freed?", "the gallbladder is free of the liver"),
        ("Did they cut the cystic duct?", "the cystic duct and artery have been divided"),
        ("Are they almost finished?", "the operation is close to its end"),
    ],
)
def test_a_milestone_is_asked_in_the_wording_the_model_knows(question: str, statement: str) -> None:
    assert statement in MILESTONES
    assert reworded(question) == WORDING.format(statement=statement)


def test_every_straight_wording_of_a_milestone_is_understood() -> None:
    for statement, wordings in MILESTONE_STRAIGHT.items():
        for wording in wordings:
            assert reworded(wording) == WORDING.format(statement=statement)


def test_what_is_asked_for_besides_is_kept() -> None:
    assert reworded("Are they nearly done? Answer yes or no.").endswith("close to its end? Answer yes or no.")


@pytest.mark.parametrize(
    "question",
    [
        "When was the cystic duct divided?",
        "Is the surgeon cutting the cystic duct?",
        "Is a grasper on the gallbladder?",
        "Why is the gallbladder freed from the liver?",
        "Is there bleeding?",
    ],
)
def test_any_other_question_stays_as_it_was_asked(question: str) -> None:
    assert reworded(question) == question
