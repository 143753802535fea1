"""A chat as token ids and embeddings; the oldest turns go when it gets too long, the video never.

Shared by the engine and by training, so both see the same tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from inference.engines.chat_format import ChatFormat
from inference.engines.protocol import VISUAL_SLOT, GenerationRequest, Message
from inference.errors import PromptTooLong

NO_VISUAL = -1


class Tokenizer(Protocol):
    def encode(self, text: str, *, add_special_tokens: bool) -> list[int]: ...

    def decode(self, token_ids: Sequence[int], *, skip_special_tokens: bool) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedHalf:
    """`visual_at`: how many of the ids stand before the visual rows, or NO_VISUAL."""

    token_ids: tuple[int, ...]
    visual_at: int = NO_VISUAL

    def num_tokens(self, num_visual: int) -> int:
        return len(self.token_ids) + (num_visual if self.visual_at != NO_VISUAL else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedChat:
    shared: EncodedHalf
    rest: EncodedHalf


def encode_chat(
    messages: Sequence[Message], *, chat_format: ChatFormat, tokenizer: Tokenizer, prefix: str = ""
) -> EncodedChat:
    """`prefix` stands where the answer begins, tokenised apart from the prompt as generated text would be."""
    rendered = chat_format.render(messages)
    shared, rest = rendered.shared, rendered.rest
    if shared:
        shared = chat_format.begin + shared
    else:
        rest = chat_format.begin + rest
    asked = _encode_half(rest, tokenizer)
    begun = EncodedHalf(token_ids=asked.token_ids + _encode(prefix, tokenizer), visual_at=asked.visual_at)
    return EncodedChat(shared=_encode_half(shared, tokenizer), rest=begun)


def fit_chat(
    request: GenerationRequest, *, chat_format: ChatFormat, tokenizer: Tokenizer, max_prompt_tokens: int
) -> EncodedChat:
    """Drops the oldest question and answer until the rest fits. Raises PromptTooLong if even the last does not."""
    num_visual = 0 if request.visual is None else request.visual.embeddings.shape[0]
    messages = list(request.messages)
    while True:
        encoded = encode_chat(messages, chat_format=chat_format, tokenizer=tokenizer, prefix=request.prefix)
        num_tokens = encoded.shared.num_tokens(num_visual) + encoded.rest.num_tokens(num_visual)
        if num_tokens <= max_prompt_tokens:
            return encoded
        if not _drop_oldest_turn(messages):
            raise PromptTooLong(f"The question is too long: {num_tokens} tokens, {max_prompt_tokens} fit.")


def embed_half(half: EncodedHalf, *, embed: nn.Module, visual: Tensor | None) -> Tensor:
    """Returns (1, Q, D) in the dtype of `embed`."""
    ids = torch.tensor([half.token_ids], dtype=torch.long, device=next(embed.parameters()).device)
    rows: Tensor = embed(ids)
    if half.visual_at == NO_VISUAL or visual is None:
        return rows
    inserted = visual.to(device=rows.device, dtype=rows.dtype)[None]
    return torch.cat([rows[:, : half.visual_at], inserted, rows[:, half.visual_at :]], dim=1)


def _encode_half(text: str, tokenizer: Tokenizer) -> EncodedHalf:
    before, slot, after = text.partition(VISUAL_SLOT)
    head = _encode(before, tokenizer)
    if not slot:
        return EncodedHalf(token_ids=head)
    return EncodedHalf(token_ids=head + _encode(after, tokenizer), visual_at=len(head))


def _encode(text: str, tokenizer: Tokenizer) -> tuple[int, ...]:
    return tuple(tokenizer.encode(text, add_special_tokens=False)) if text else ()


def _drop_oldest_turn(messages: list[Message]) -> bool:
    """Removes the first question that is not shared and the answer after it; False if only one question is left."""
    loose = [at for at, message in enumerate(messages) if not message.is_shared and message.role != "system"]
    if len(loose) < 3:
        return False
    del messages[loose[1]], messages[loose[0]]
    return True
