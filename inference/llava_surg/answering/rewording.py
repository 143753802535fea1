"""Says a question the way the small model reads it best, where a rule can know what is meant.

"Has the gallbladder been freed?" and "Is the gallbladder off the liver?" ask the same of the course of the operation. A
model of this size learns one wording of it well and guesses at the others, which gives a wrong answer that looks right.
"""

import re

WORDING = "Would you say that {statement}?"
_IS_YES_NO = re.compile(r"^\s*(is|are|was|were|has|have|had|did)\b", re.IGNORECASE)
# Every pattern of a row must be found, in any order. The statements are those of
# `questions.knowledge.MILESTONES`, word for word.
_MEANINGS = (
    ("the dissection has started", (r"\bdissect(ion|ing|ed)?\b", r"\b(start(ed)?|begun|began|begin)\b")),
    (
        "the cystic duct and artery have been divided",
        (r"\b(duct|artery)\b", r"\b(cut|divided|transected)\b(?! of)"),
    ),
    (
        "the gallbladder is free of the liver",
        (r"\bgall ?bladder\b", r"\b(free|freed|off|detached|separated)\b"),
    ),
    (
        "the operation is close to its end",
        (r"\b(nearly|almost|close to)\b", r"\b(done|finished|over|end|completed?)\b"),
    ),
)


def milestone_of(question: str) -> str:
    """The milestone that a question asks about, as `knowledge.MILESTONES` words it; empty if none or several."""
    meant = [
        statement
        for statement, patterns in _MEANINGS
        if all(re.search(pattern, question, re.IGNORECASE) for pattern in patterns)
    ]
    return meant[0] if len(meant) == 1 else ""


def reworded(question: str) -> str:
    """The question itself unless it is a yes-or-no question about one of the milestones."""
    statement = milestone_of(question) if _IS_YES_NO.search(question) else ""
    return WORDING.format(statement=statement) + question.partition("?")[2] if statement else question
