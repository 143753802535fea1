"""The model while it learns: frozen language model, LoRA beside its weights, projector, and one step over packs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from inference.engines.local.encoding import Tokenizer
from inference.llava_surg.projector import Projector
from inference.llava_surg.training.packs import IGNORED, Clip, Pack, attention_mask, with_visual
from inference.models.device import cpu_computes_bfloat16

LORA_TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoraOptions:
    rank: int = 8
    alpha: int = 16
    dropout: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    loss: float
    num_answers: int
    num_tokens: int


class Learner:
    """`model`: a float32 causal language model of transformers; it is wrapped, its own weights stay as they are."""

    def __init__(
        self, *, model: Any, tokenizer: Tokenizer, projector: Projector, lora: LoraOptions, end_id: int
    ) -> None:
        from peft import LoraConfig, get_peft_model

        config = LoraConfig(
            r=lora.rank,
            lora_alpha=lora.alpha,
            lora_dropout=lora.dropout,
            target_modules=list(LORA_TARGETS),
            task_type="CAUSAL_LM",
        )
        self.adapter = get_peft_model(model, config)
        self.projector = projector
        self.tokenizer = tokenizer
        self.end_id = end_id
        self._causal: Any = self.adapter.base_model.model
        self._computes_bfloat16 = cpu_computes_bfloat16()

    def lora_parameters(self) -> list[nn.Parameter]:
        return [value for name, value in self.adapter.named_parameters() if "lora_" in name]

    def loss(self, pack: Pack, clip: Clip) -> Tensor:
        """Weighted mean over the answers' tokens; logits are only computed where an answer stands."""
        rows = self._causal.get_input_embeddings()(pack.token_ids)
        visual = None if clip.visual is None else self.projector.block(clip.visual)
        embeddings, labels, positions, blocks = with_visual(pack, rows, visual)
        answers = torch.nonzero(labels != IGNORED)[:, 0]
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self._computes_bfloat16):
            hidden = self._causal.model(
                inputs_embeds=embeddings[None],
                position_ids=positions[None],
                attention_mask=attention_mask(blocks),
                use_cache=False,
            ).last_hidden_state[0]
            logits = self._causal.lm_head(hidden[answers - 1])
        losses = nn.functional.cross_entropy(logits.float(), labels[answers], reduction="none")
        return (losses * pack.weights).sum() / pack.weights.sum()

    def train_on(self, packs: Sequence[tuple[Pack, Clip]]) -> StepResult:
        """Adds the gradients of the packs' mean loss."""
        total, num_tokens, num_answers = 0.0, 0, 0
        for pack, clip in packs:
            loss = self.loss(pack, clip) / len(packs)
            torch.autograd.backward(loss)
            total += float(loss.detach())
            num_tokens += len(pack.token_ids) + pack.num_visual
            num_answers += int(pack.blocks.max())
        return StepResult(loss=total, num_answers=num_answers, num_tokens=num_tokens)


def match_scale(projector: Projector, embeddings: Tensor, features: Iterable[Tensor]) -> None:
    """Starts the projector so that visual rows are as large as word embeddings; far larger ones drown the words."""
    with torch.no_grad():
        rows = torch.cat([projector(rows) for rows in features])
        scale = embeddings.norm(dim=-1).mean() / rows.norm(dim=-1).mean()
        projector.linear.weight.mul_(scale)
        projector.linear.bias.mul_(scale)
        projector.start.copy_(embeddings.mean(dim=0))
        projector.end.copy_(embeddings.mean(dim=0))
