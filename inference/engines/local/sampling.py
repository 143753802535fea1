"""The next token of each row, greedy unless asked otherwise."""

import torch
from torch import Tensor

from inference.engines.protocol import SamplingOptions


class Sampler:
    """One answer's choice of tokens; its own generator, so that neighbours in a batch do not change it."""

    def __init__(self, options: SamplingOptions) -> None:
        self._options = options
        self._generator = torch.Generator()
        self._generator.manual_seed(options.seed if options.seed is not None else torch.seed() % 2**31)

    def pick(self, logits: Tensor) -> int:
        """logits: (V,) float."""
        if self._options.temperature == 0:
            return int(logits.argmax())
        probabilities = torch.softmax(logits.float().cpu() / self._options.temperature, dim=-1)
        probabilities = _keep_top(probabilities, self._options.top_p)
        return int(torch.multinomial(probabilities, 1, generator=self._generator))


def _keep_top(probabilities: Tensor, top_p: float) -> Tensor:
    """The smallest set of tokens that holds `top_p` of the mass; the likeliest always stays."""
    if top_p >= 1:
        return probabilities
    ordered, index = probabilities.sort(descending=True)
    before = ordered.cumsum(-1) - ordered
    kept = torch.where(before < top_p, ordered, torch.zeros_like(ordered))
    return torch.zeros_like(probabilities).scatter(-1, index, kept)
