"""One training sequence: a video's shared prompt once, many questions after it, each blind to the others.

Every question sees the shared part and itself, at the positions it would have alone, so one forward pass trains as
many answers as it holds, at a fraction of the tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from inference.engines.chat_format import ChatFormat
from inference.engines.local.encoding import NO_VISUAL, Tokenizer, encode_chat
from inference.engines.protocol import Message
from inference.evidence.fact import Fact
from inference.llava_surg.answering.prompt import question_messages, shared_messages
from inference.llava_surg.schema import Turn
from inference.llava_surg.training.questions.builder import Question

IGNORED = -100
# The first token decides: yes, no, or not enough evidence. The rest mostly follows from it, but for lists: much more
# weight than this, and the second instrument of a list is forgotten.
FIRST_TOKEN_WEIGHT = 2.0
# Of a question that has a right answer in one word. Beside an answer of forty tokens, a bare "Yes." weighs next to
# nothing, and what to read for it is never learnt.
DECISION_WEIGHT = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """What is asked about. `visual`: (L, vision_width) float32 rows for the projector, or None for no video."""

    facts: tuple[Fact, ...]
    start_s: float
    end_s: float
    visual: Tensor | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """token_ids, labels, positions: (S,) long; blocks: (S,) long, 0 for the shared part, n for question n.

    The shared part starts at row 0; visual rows go before token `visual_at` of it (NO_VISUAL: none) and are counted
    in `positions` but not in `token_ids`. weights: (A,) float32, one for each label that is not IGNORED, in order.
    """

    token_ids: Tensor
    labels: Tensor
    positions: Tensor
    blocks: Tensor
    weights: Tensor
    visual_at: int
    num_visual: int


def make_pack(
    clip: Clip,
    questions: Sequence[Question],
    *,
    chat_format: ChatFormat,
    tokenizer: Tokenizer,
    end_id: int,
    histories: Sequence[tuple[Turn, ...]] = (),
) -> Pack:
    shared = shared_messages(
        facts=clip.facts, start_s=clip.start_s, end_s=clip.end_s, has_video=clip.visual is not None
    )
    num_visual = 0 if clip.visual is None else clip.visual.shape[0] + 2
    first = encode_chat((*shared, *question_messages("?")), chat_format=chat_format, tokenizer=tokenizer).shared
    ids, labels = list(first.token_ids), [IGNORED] * len(first.token_ids)
    positions = _shared_positions(len(ids), first.visual_at, num_visual)
    blocks = [0] * len(ids)
    weights: list[float] = []
    offset = len(ids) + num_visual
    for index, question in enumerate(questions):
        history = histories[index] if histories else ()
        asked, answer = _turn(shared, question, history, chat_format=chat_format, tokenizer=tokenizer)
        answer = (*answer, end_id)
        ids += [*asked, *answer]
        labels += [*([IGNORED] * len(asked)), *answer]
        positions += range(offset, offset + len(asked) + len(answer))
        blocks += [index + 1] * (len(asked) + len(answer))
        weights += [DECISION_WEIGHT if question.is_decision else FIRST_TOKEN_WEIGHT, *([1.0] * (len(answer) - 1))]
    return Pack(
        token_ids=torch.tensor(ids),
        labels=torch.tensor(labels),
        positions=torch.tensor(positions),
        blocks=torch.tensor(blocks),
        weights=torch.tensor(weights),
        visual_at=first.visual_at,
        num_visual=num_visual,
    )


def attention_mask(blocks: Tensor) -> Tensor:
    """blocks: (S,) of all rows, visual ones included as 0; returns (1, 1, S, S) bool."""
    earlier = torch.ones(len(blocks), len(blocks), dtype=torch.bool).tril()
    visible = (blocks[None, :] == blocks[:, None]) | (blocks[None, :] == 0)
    return (earlier & visible)[None, None]


def with_visual(pack: Pack, rows: Tensor, visual: Tensor | None) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """rows: (S, D) embeddings of the pack's tokens; returns embeddings, labels, positions, blocks with the video in."""
    if pack.visual_at == NO_VISUAL or visual is None:
        return rows, pack.labels, pack.positions, pack.blocks
    at, num = pack.visual_at, visual.shape[0]
    return (
        torch.cat([rows[:at], visual.to(rows.dtype), rows[at:]]),
        torch.cat([pack.labels[:at], torch.full((num,), IGNORED), pack.labels[at:]]),
        torch.cat([pack.positions[:at], torch.arange(at, at + num), pack.positions[at:]]),
        torch.cat([pack.blocks[:at], torch.zeros(num, dtype=torch.long), pack.blocks[at:]]),
    )


def _shared_positions(num_tokens: int, visual_at: int, num_visual: int) -> list[int]:
    if visual_at == NO_VISUAL:
        return list(range(num_tokens))
    return [*range(visual_at), *range(visual_at + num_visual, num_tokens + num_visual)]


def _turn(
    shared: Sequence[Message],
    question: Question,
    history: Sequence[Turn],
    *,
    chat_format: ChatFormat,
    tokenizer: Tokenizer,
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    chat = (*shared, *question_messages(question.text, history))
    asked = encode_chat(chat, chat_format=chat_format, tokenizer=tokenizer).rest.token_ids
    return asked, tuple(tokenizer.encode(question.answer, add_special_tokens=False))
