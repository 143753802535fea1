"""A byte tokenizer and a tiny random language model: everything the engine does, in milliseconds."""

from collections.abc import Sequence
from typing import Any

import torch

NUM_BYTES = 256
END_ID = 256
SPECIALS = {"<|im_start|>": 257, "<|im_end|>": END_ID, "<s>": 258, "</s>": 259}


class ByteTokenizer:
    """One id per byte, one per special string."""

    def encode(self, text: str, *, add_special_tokens: bool) -> list[int]:
        assert not add_special_tokens
        for special, token_id in SPECIALS.items():
            before, found, after = text.partition(special)
            if found:
                head = self.encode(before, add_special_tokens=False)
                return [*head, token_id, *self.encode(after, add_special_tokens=False)]
        return list(text.encode())

    def decode(self, token_ids: Sequence[int], *, skip_special_tokens: bool) -> str:
        assert skip_special_tokens
        return bytes(token for token in token_ids if token < NUM_BYTES).decode("utf-8", errors="replace")


def tiny_llama(*, seed: int = 0, num_layers: int = 2, width: int = 32, end_id: int = END_ID) -> Any:
    """A LlamaForCausalLM with grouped heads, random weights, float32."""
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=260,
        hidden_size=width,
        intermediate_size=2 * width,
        num_hidden_layers=num_layers,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=2048,
        bos_token_id=257,
        eos_token_id=end_id,
        initializer_range=0.3,
    )
    return LlamaForCausalLM(config).eval()
