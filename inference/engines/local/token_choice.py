"""The next token of each row, greedy unless asked otherwise."""

from dataclasses import dataclass

import torch
from torch import Tensor

from inference.engines.local.grammar import Constraint
from inference.engines.protocol import SamplingOptions


@dataclass(frozen=True, slots=True)
class Choice:
    """`log_probability`: what the model itself gave the token; None unless asked for."""

    token_id: int
    log_probability: float | None = None


class TokenChoice:
    """One answer's choice of tokens; its own generator, so that neighbours in a batch do not change it."""

    def __init__(self, options: SamplingOptions, constraint: Constraint | None = None) -> None:
        self._options = options
        self._constraint = constraint
        self._generator = torch.Generator()
        self._generator.manual_seed(options.seed if options.seed is not None else torch.seed() % 2**31)

    def pick(self, logits: Tensor) -> Choice:
        """logits: (V,) float."""
        allowed = logits if self._constraint is None else self._constraint.masked(logits)
        token_id = self._token(allowed)
        if self._constraint is not None:
            self._constraint.accept(token_id)
        if not self._options.with_log_probabilities:
            return Choice(token_id)
        return Choice(token_id, float(torch.log_softmax(logits.float(), dim=-1)[token_id]))

    def _token(self, logits: Tensor) -> int:
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
