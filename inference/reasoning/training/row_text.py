"""Problems and steps as the tokens that a model reads, in training and in rollouts alike."""

from collections.abc import Sequence
from typing import Any

from inference.engines.chat_format import ChatMl, RenderedChat
from inference.engines.protocol import Message
from inference.reasoning.prompts import SYSTEM
from inference.reasoning.training.problem import Steps

ANSWER_MARK = "Answer:"
IGNORED = -100


def prompt_ids(tokenizer: Any, prompt: str) -> list[int]:
    """A problem's prompt as a chat, up to where the chain begins; tokenised in halves as the engine does."""
    rendered = _rendered(prompt)
    return [*_encoded(tokenizer, rendered.shared), *_encoded(tokenizer, rendered.rest)]


def prompt_text(prompt: str) -> str:
    """The same as text."""
    rendered = _rendered(prompt)
    return rendered.shared + rendered.rest


def chat_of(prompt: str) -> tuple[Message, ...]:
    """The same as messages, with the sheet marked as shared."""
    shared, _, asked = prompt.removeprefix(SYSTEM + "\n").rpartition("\nQuestion: ")
    return (
        Message(role="system", text=SYSTEM, is_shared=True),
        Message(role="user", text=shared, is_shared=True),
        Message(role="user", text=f"Question: {asked}"),
    )


def _rendered(prompt: str) -> RenderedChat:
    return ChatMl().render(chat_of(prompt))


def steps_text(steps: Steps) -> str:
    """Numbered lines, each ended, so that what follows is the next step; the answer's line has no number."""
    lines = [
        step if step.startswith(ANSWER_MARK) else f"{number}. {step}" for number, step in enumerate(steps, start=1)
    ]
    return "".join(f"{line}\n" for line in lines)


def row_ids(tokenizer: Any, prompt: str, steps: Steps, *, is_whole: bool) -> dict[str, list[int]]:
    """A row of SFT: the prompt masked; prefix and intervention in the loss. A part of a chain has no end token, or the
    model would learn to stop there; a whole one has."""
    asked = prompt_ids(tokenizer, prompt)
    said = _encoded(tokenizer, steps_text(steps).removesuffix("\n") if is_whole else steps_text(steps))
    ended = [*said, int(tokenizer.convert_tokens_to_ids("<|im_end|>"))] if is_whole else said
    return {"input_ids": [*asked, *ended], "labels": [*([IGNORED] * len(asked)), *ended]}


def _encoded(tokenizer: Any, text: str) -> Sequence[int]:
    return list(tokenizer.encode(text, add_special_tokens=False)) if text else []
