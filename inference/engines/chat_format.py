"""How a chat becomes text for a language model: ChatML (SmolLM2, Qwen) and Vicuna v1 (Video-ChatGPT, LLaVA-Med).

The text is cut in two: `shared`, the same for every question on a video, and `rest`. Both halves are tokenised
apart, in training too, so a kept prefix always fits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

from inference.engines.protocol import VISUAL_SLOT, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedChat:
    shared: str
    rest: str


class ChatFormat(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def begin(self) -> str:
        """What a tokenizer of this family puts before everything."""
        ...

    @property
    def stop(self) -> tuple[str, ...]: ...

    def render(self, messages: Sequence[Message]) -> RenderedChat: ...


def neutralise(text: str) -> str:
    """Text from outside can open no turn, end none and hold no second video."""
    return (
        text.replace("<|", "< |")
        .replace(VISUAL_SLOT, "(video)")
        .replace("</s>", "< /s>")
        .replace("<s>", "< s>")
        .replace("<vid_", "< vid_")
    )


class ChatMl:
    """`<|im_start|>role\\ntext<|im_end|>\\n`, SmolLM2-Instruct's own template."""

    name = "chatml"
    begin = ""
    stop = ("<|im_end|>",)

    def render(self, messages: Sequence[Message]) -> RenderedChat:
        shared, rest = "", ""
        for role, group in groupby(messages, key=lambda message: message.role):
            parts = list(group)
            opening = f"<|im_start|>{role}\n"
            kept = "".join(part.text + "\n" for part in parts if part.is_shared)
            loose = "\n".join(part.text for part in parts if not part.is_shared)
            if kept and loose:
                shared, rest = shared + opening + kept, rest + loose + "<|im_end|>\n"
            elif kept:
                shared += opening + kept.removesuffix("\n") + "<|im_end|>\n"
            else:
                rest += opening + loose + "<|im_end|>\n"
        return RenderedChat(shared=shared, rest=rest + "<|im_start|>assistant\n")


class VicunaV1:
    """`system USER: text ASSISTANT: text</s>`, the template Video-ChatGPT was trained with."""

    name = "vicuna_v1"
    begin = "<s>"
    stop = ("</s>",)

    def render(self, messages: Sequence[Message]) -> RenderedChat:
        shared, rest = "", ""
        for role, group in groupby(messages, key=lambda message: message.role):
            parts = list(group)
            opening = {"system": "", "user": " USER: ", "assistant": " ASSISTANT: "}[role]
            closing = "</s>" if role == "assistant" else ""
            kept = "\n".join(part.text for part in parts if part.is_shared)
            loose = "\n".join(part.text for part in parts if not part.is_shared)
            if kept:
                shared += opening + kept
                opening = "\n" if loose else ""
            if loose:
                rest += opening + loose + closing
        return RenderedChat(shared=shared, rest=rest + " ASSISTANT:")


def chat_format_named(name: str) -> ChatFormat:
    """Raises ValueError for a name that is no format."""
    formats: dict[str, ChatFormat] = {"chatml": ChatMl(), "vicuna_v1": VicunaV1()}
    if name not in formats:
        raise ValueError(f"unknown chat format: {name}")
    return formats[name]
