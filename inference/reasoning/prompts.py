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
    "You compare a wrong solution with a reference. Find the first wrong step. Reply with one line: "
    "Step N: and the right step in its place. Do not tell the answer."
)
# Part of every recipe.
VERSION = 1


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
    asked = f"Question: {question}\nReference:\n{reference}\nWrong solution:\n{attempt}\nThe first wrong step:"
    return (
        Message(role="system", text=VERIFYING),
        Message(role="user", text=f"Evidence:\n{sheet_text}\n{asked}"),
    )
