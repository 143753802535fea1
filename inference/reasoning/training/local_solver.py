"""Rollouts by a language model in this process: static batches, so that the same starts and seed give the same chains.

The serving engine batches whatever arrives together, and which rows share a step moves the last bits of a sum: a killed
run would not repeat itself. Here a chunk's rows are always the same.
"""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from inference.reasoning.segment import step_text
from inference.reasoning.training.problem import Start, Steps
from inference.reasoning.training.row_text import prompt_ids, steps_text

ANSWER = "Answer:"
# Rows that are over leave a batch once they are this part of it.
LEAVING = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalSolverOptions:
    """How InT's authors sample rollouts and continuations; `top_k` 0 and `top_p` 1 keep the whole vocabulary."""

    max_tokens: int = 120
    temperature: float = 0.7
    top_p: float = 0.8
    top_k: int = 20


@dataclass(slots=True)
class LocalSolver:
    """`model`: a causal language model of transformers, or PEFT's; with `is_bare` its adapter is off.

    `num_generated` and `num_read` count tokens.
    """

    model: Any
    tokenizer: Any
    name: str
    options: LocalSolverOptions = field(default_factory=LocalSolverOptions)
    is_bare: bool = False
    num_generated: int = 0
    num_read: int = 0

    @property
    def id(self) -> str:
        return self.name

    def continuations(self, starts: Sequence[Start], *, num_samples: int, seed: int) -> list[list[Steps]]:
        prompts = [
            [*prompt_ids(self.tokenizer, start.problem.prompt), *self._encoded(steps_text(start.steps))]
            for start in starts
        ]
        texts = self.generate(prompts, num_samples=num_samples, seed=seed)
        return [
            [(*start.steps, *chain_steps(text)) for text in some] for start, some in zip(starts, texts, strict=True)
        ]

    def generate(self, prompts: Sequence[Sequence[int]], *, num_samples: int, seed: int) -> list[list[str]]:
        """`num_samples` texts for each prompt of token ids."""
        rows = self.sampled(prompts, num_samples=num_samples, seed=seed)
        texts = [self.tokenizer.decode(row, skip_special_tokens=True) for row in rows]
        return [texts[at : at + num_samples] for at in range(0, len(texts), num_samples)]

    def sampled(self, prompts: Sequence[Sequence[int]], *, num_samples: int, seed: int) -> list[list[int]]:
        """The same as token ids, one row after another; a row that the model ended has its end token."""
        bare = (
            self.model.disable_adapter() if self.is_bare and hasattr(self.model, "disable_adapter") else nullcontext()
        )
        with torch.inference_mode(), bare:
            return self._sampled(prompts, num_samples, torch.Generator().manual_seed(seed))

    def _sampled(
        self, prompts: Sequence[Sequence[int]], num_samples: int, generator: torch.Generator
    ) -> list[list[int]]:
        """Left-padded; a prompt is read once, whatever the samples."""
        longest = max(map(len, prompts))
        tokens = torch.tensor([[0] * (longest - len(one)) + list(one) for one in prompts])
        mask = torch.tensor([[0] * (longest - len(one)) + [1] * len(one) for one in prompts])
        self.num_read += int(mask.sum())
        output = self._forward(tokens, mask, (mask.cumsum(-1) - 1).clamp(min=0), None)
        cache = output.past_key_values
        cache.batch_repeat_interleave(num_samples)
        logits = output.logits[:, -1].repeat_interleave(num_samples, dim=0)
        mask = mask.repeat_interleave(num_samples, dim=0)
        return self._decoded(logits, mask, cache, generator)

    def _decoded(self, logits: Tensor, mask: Tensor, cache: Any, generator: torch.Generator) -> list[list[int]]:
        """Rows that are over leave the batch once they are an eighth of it: most chains are short."""
        ends = torch.tensor(sorted(_end_ids(self.model)))
        rows: list[list[int]] = [[] for _ in range(len(mask))]
        live = torch.arange(len(rows))
        over = torch.zeros(len(rows), dtype=torch.bool)
        for _ in range(self.options.max_tokens):
            picked = self._pick(logits, generator)
            for at in torch.nonzero(~over)[:, 0].tolist():
                rows[int(live[at])].append(int(picked[at]))
                self.num_generated += 1
            over |= torch.isin(picked, ends)
            over |= torch.tensor([self._is_answered(rows[int(row)]) for row in live])
            if bool(over.all()):
                break
            if int(over.sum()) * LEAVING >= len(over):
                stay = torch.nonzero(~over)[:, 0]
                cache.batch_select_indices(stay)
                live, mask, picked, over = live[stay], mask[stay], picked[stay], over[stay]
            mask = torch.cat([mask, torch.ones(len(mask), 1, dtype=mask.dtype)], dim=1)
            output = self._forward(picked[:, None], mask, (mask.sum(-1) - 1)[:, None], cache)
            logits, cache = output.logits[:, -1], output.past_key_values
        return rows

    def _is_answered(self, row: Sequence[int]) -> bool:
        """Whether a line with the answer has ended; whatever follows it is never read."""
        text = self.tokenizer.decode(row[-24:], skip_special_tokens=True)
        return ANSWER in text and "\n" in text.rpartition(ANSWER)[2]

    def _forward(self, tokens: Tensor, mask: Tensor, positions: Tensor, cache: Any) -> Any:
        return self.model(
            input_ids=tokens,
            attention_mask=mask,
            position_ids=positions,
            past_key_values=cache,
            use_cache=True,
            # By index and not by count: a slice of a batch is not contiguous, and torch then copies the output head's
            # weights once for every row.
            logits_to_keep=torch.tensor([-1]),
        )

    def _pick(self, logits: Tensor, generator: torch.Generator) -> Tensor:
        options = self.options
        if options.temperature == 0:
            return logits.argmax(dim=-1)
        if not options.top_k:
            likely = (logits.float() / options.temperature).softmax(dim=-1)
            return torch.multinomial(likely, 1, generator=generator)[:, 0]
        best, tokens = logits.topk(min(options.top_k, logits.shape[-1]), dim=-1)
        likely = (best.float() / options.temperature).softmax(dim=-1)
        likely[likely.cumsum(-1) - likely >= options.top_p] = 0.0
        return tokens.gather(-1, torch.multinomial(likely, 1, generator=generator))[:, 0]

    def _encoded(self, text: str) -> list[int]:
        return list(self.tokenizer.encode(text, add_special_tokens=False)) if text else []


def chain_steps(text: str) -> Steps:
    """A text as the pipeline's steps: one a line, without numbers; the answer's line is the last."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return tuple(step_text(line) or line for line in lines)


def declared(steps: Steps) -> str:
    """The answer that the last step declares, empty for none."""
    return steps[-1].partition(ANSWER)[2].strip() if steps and steps[-1].startswith(ANSWER) else ""


def _end_ids(model: Any) -> set[int]:
    given = model.config.eos_token_id
    return set(given) if isinstance(given, list | tuple) else {int(given)}


@dataclass(slots=True)
class LazySolver:
    """A solver whose model is loaded when something has to be computed: what a journal holds costs nothing."""

    load: Callable[[], LocalSolver]
    name: str

    @property
    def id(self) -> str:
        return self.name

    def continuations(self, starts: Sequence[Start], *, num_samples: int, seed: int) -> list[list[Steps]]:
        return self.load().continuations(starts, num_samples=num_samples, seed=seed)
