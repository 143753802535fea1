"""Log-probabilities of the tokens that are trained on, and of no others: the output head reads 151,000 words a token.

TRL's own head leaves masked tokens out on a GPU alone.
"""

from typing import Any

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

# Tokens whose logits stand in memory together.
CHUNK = 128


def scored(model: Any, inputs: dict[str, Tensor], labels: Tensor, *, ignored: int = -100) -> tuple[Tensor, Tensor]:
    """Log-probability and entropy of every label, by the token before it; 0 where ignored. All (batch, length)."""
    causal = model.get_base_model() if hasattr(model, "get_base_model") else model
    hidden = causal.model(**inputs, use_cache=False).last_hidden_state
    wanted = labels[:, 1:] != ignored
    states, targets = hidden[:, :-1][wanted], labels[:, 1:][wanted]
    parts = [
        checkpoint(_of_some, states[at : at + CHUNK], targets[at : at + CHUNK], causal.lm_head, use_reentrant=False)
        for at in range(0, len(targets), CHUNK)
    ]
    places = torch.zeros_like(labels, dtype=torch.bool)
    places[:, 1:] = wanted
    empty = hidden.new_zeros(labels.shape, dtype=torch.float32)
    found = [empty.masked_scatter(places, torch.cat(some)) for some in zip(*parts, strict=True)]
    # Without a label the sum still hangs on the model, so that its gradient is nothing and not an error.
    return (found[0], found[1]) if found else (empty + 0.0 * hidden.sum(), empty)


def _of_some(hidden: Tensor, targets: Tensor, head: Any) -> tuple[Tensor, Tensor]:
    likely = head(hidden).float().log_softmax(-1)
    entropy = -(likely.detach().exp() * likely.detach()).sum(-1)
    return likely.gather(-1, targets[:, None])[:, 0], entropy
