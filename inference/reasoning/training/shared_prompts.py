"""GRPO whose completions of one problem stand behind one prompt: it is read once a step and not once a completion.

On processors most of a step is the prompt: 250 tokens of sheet before 60 of a chain.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from trl import GRPOTrainer

from inference.reasoning.training.row_text import IGNORED
from inference.reasoning.training.scored_tokens import scored


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """One row. `mask` (1, 1, length, length): who reads whom · `places` (batch, completion): where a token stands in
    the row, -1 where there is none."""

    tokens: Tensor
    positions: Tensor
    mask: Tensor
    labels: Tensor
    places: Tensor


class SharedPromptTrainer(GRPOTrainer):  # type: ignore[misc]
    def _get_per_token_logps_and_entropies(
        self, model: Any, input_ids: Tensor, attention_mask: Tensor, logits_to_keep: int, *_: Any, **__: Any
    ) -> tuple[Tensor, Tensor, None]:
        """TRL's own, of a model of text alone."""
        row = packed(input_ids, attention_mask, logits_to_keep)
        inputs = {"input_ids": row.tokens, "attention_mask": row.mask, "position_ids": row.positions}
        log_probs, entropies = scored(model, inputs, row.labels)
        is_there = row.places >= 0
        found = [torch.where(is_there, some[0][row.places.clamp(min=0)], 0.0) for some in (log_probs, entropies)]
        return found[0], found[1], None


def packed(input_ids: Tensor, attention_mask: Tensor, num_completion: int) -> Packed:
    """Prompts are padded on the left and completions on the right, as TRL has them."""
    tokens: list[int] = []
    positions: list[int] = []
    labels: list[int] = []
    # Of every token: its prompt, and its completion, 0 for a prompt's own.
    prompts: list[int] = []
    completions: list[int] = []
    starts: dict[tuple[int, ...], int] = {}
    places = torch.full((len(input_ids), num_completion), -1)

    def put(some: Sequence[int], *, at: int, prompt: int, completion: int, is_scored: bool) -> None:
        tokens.extend(some)
        positions.extend(range(at, at + len(some)))
        labels.extend(some if is_scored else [IGNORED] * len(some))
        prompts.extend([prompt] * len(some))
        completions.extend([completion] * len(some))

    for number, (ids, is_there) in enumerate(zip(input_ids, attention_mask.bool(), strict=True), start=1):
        asked = ids[:-num_completion][is_there[:-num_completion]].tolist()
        said = ids[-num_completion:][is_there[-num_completion:]].tolist()
        is_new = tuple(asked) not in starts
        known = starts.setdefault(tuple(asked), len(starts))
        if is_new:
            put(asked[:-1], at=0, prompt=known, completion=0, is_scored=False)
        # The prompt's last token begins every completion: it is what the first word is read from.
        put(asked[-1:], at=len(asked) - 1, prompt=known, completion=number, is_scored=False)
        places[number - 1, : len(said)] = torch.arange(len(tokens), len(tokens) + len(said))
        put(said, at=len(asked), prompt=known, completion=number, is_scored=True)
    of_prompt, of_completion = torch.tensor(prompts), torch.tensor(completions)
    order = torch.arange(len(tokens))
    reads = (order[:, None] >= order) & (of_prompt[:, None] == of_prompt)
    reads &= (of_completion == 0) | (of_completion[:, None] == of_completion)
    return Packed(
        tokens=torch.tensor([tokens]),
        positions=torch.tensor([positions]),
        mask=reads[None, None],
        labels=torch.tensor([labels]),
        places=places,
    )
