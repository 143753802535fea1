"""What a reasoning model is asked, in the same words in training and in service.

The sheet is marked as shared, so that an engine keeps its work on it for the next question.
"""

from inference.engines.chat_format import neutralise
from inference.engines.protocol import Message

SYSTEM = (
    "You explain from an evidence sheet. Write numbered steps, one a line. Cite facts by key (F1). "
    "Show each sum or difference. Last line: Answer: and the answer alone, or cannot tell."
)
VERIFYING = (
    "You compare a wrong solution with a reference, step by step. Find the first step that is wrong or comes too "
    "early. Reply with one line: its number, and in its place the reference's step that is missing. Do not tell the "
    "answer."
)
# What a small model does not do by its word it does by examples: told the form alone, it repeats the form. Of no sheet.
_FIRST_STEP = ("1. F1, F4: 2 facts of suction\nAnswer: 2", "1. F1, F3, F4: 3 facts of suction\n2. Answer: 3")
_TOO_EARLY = (
    "1. F2 probe: 14.0 - 6.0 = 8.0 s\n2. F5 probe: 31.0 - 27.0 = 4.0 s\n3. 8.0 + 4.0 = 12.0 s\nAnswer: 12.0 s",
    "1. F2 probe: 14.0 - 6.0 = 8.0 s\n2. Answer: 8.0 s",
)
_FALSE_SUM = (
    "1. S1 2, S2 4: 2 + 4 = 6\n2. S3 3: 6 + 3 = 9\nAnswer: 9",
    "1. S1 2, S2 4: 2 + 4 = 6\n2. S3 3: 6 + 3 = 10\n3. Answer: 10",
)
VERIFIED = (
    (_FIRST_STEP, "Step 1: F1, F4: 2 facts of suction"),
    (_TOO_EARLY, "Step 2: F5 probe: 31.0 - 27.0 = 4.0 s"),
    (_FALSE_SUM, "Step 2: S3 3: 6 + 3 = 9"),
)
# Part of every recipe.
VERSION = 1
# Of what is asked of a verifier: other words, other proposals.
VERIFYING_VERSION = 2


def messages(sheet_text: str, question: str, *, answer: str = "") -> tuple[Message, ...]:
    """`answer`: what is to be explained, if there is one already; what people and models wrote stays text."""
    asked = f"Question: {neutralise(question)}"
    if answer:
        asked = explaining(asked, answer)
    return (
        Message(role="system", text=SYSTEM, is_shared=True),
        Message(role="user", text=f"Evidence:\n{sheet_text}", is_shared=True),
        Message(role="user", text=asked),
    )


def explaining(asked: str, answer: str) -> str:
    """A prompt that asks a question, as one that asks why its answer is what it is."""
    return f"{asked}\nExplain this answer: {neutralise(answer)}"


def verifying_messages(sheet_text: str, question: str, reference: str, attempt: str) -> tuple[Message, ...]:
    """`attempt`: every line with its number, the answer's too, or what was left out could not be put in its place."""
    asked = f"Evidence:\n{sheet_text}\nQuestion: {question}\n{_compared(reference, attempt)}"
    shown = [
        message
        for pair, reply in VERIFIED
        for message in (Message(role="user", text=_compared(*pair)), Message(role="assistant", text=reply))
    ]
    return (Message(role="system", text=VERIFYING), *shown, Message(role="user", text=asked))


def _compared(reference: str, attempt: str) -> str:
    return f"Reference:\n{reference}\nWrong solution:\n{attempt}\nThe first wrong step:"
