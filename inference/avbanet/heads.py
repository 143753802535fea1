"""Few-shot heads: prototypes (Snell et al. 2017) and first-order ProtoMAML (Triantafillou et al. 2020).

Everything is a function of parameters on torch.func: the base weights are never changed by adapting to references.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.func import grad

Parameters = Mapping[str, Tensor]
# (parameters, values (B, C, T), mask (B, 1, T)) -> (B, D)
Embed = Callable[[Parameters, Tensor, Tensor], Tensor]
Loss = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True, slots=True)
class Head:
    """A linear read-out: weight (K, D), bias (K,)."""

    weight: Tensor
    bias: Tensor

    def __call__(self, embedded: Tensor) -> Tensor:
        return embedded @ self.weight.T + self.bias


@dataclass(frozen=True, slots=True, kw_only=True)
class InnerLoop:
    """How a head is adapted to references. scope : "all" adapts the encoder's copy too, as released."""

    learning_rate: float = 0.1
    num_steps: int = 1
    scope: Literal["all", "head"] = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """values : (B, C, T) · mask : (B, 1, T) · onehot : (B, K)"""

    values: Tensor
    mask: Tensor
    onehot: Tensor


def prototypes(embedded: Tensor, onehot: Tensor) -> Tensor:
    """embedded : (B, D) · onehot : (B, K) · returns : (K, D), the mean of each class."""
    return onehot.T @ embedded / onehot.sum(dim=0)[:, None]


def prototype_head(centres: Tensor) -> Head:
    """Nearest prototype as a linear head: 2 c z - |c|^2 is -|z - c|^2 up to what all classes share."""
    return Head(2 * centres, -centres.square().sum(dim=1))


def cross_entropy(logits: Tensor, onehot: Tensor) -> Tensor:
    return -(onehot * F.log_softmax(logits, dim=-1)).sum(dim=-1).mean()


def batch_cosine(logits: Tensor, onehot: Tensor) -> Tensor:
    """The released loss: 1 - sum over classes of the cosine between a class's probabilities and labels, over B."""
    cosine = F.cosine_similarity(logits.softmax(dim=-1), onehot, dim=0)
    return 1 - cosine.sum() / len(logits)


def adapt_head(
    embed: Embed, parameters: Parameters, support: Batch, *, loop: InnerLoop, loss: Loss
) -> tuple[Parameters, Head, Head]:
    """SGD on the references · returns : (adapted copy of the parameters, head's start, detached change of the head).

    First order: what is returned carries no gradient but the start's own, through its prototypes.
    """
    start = prototype_head(prototypes(embed(parameters, support.values, support.mask), support.onehot))
    copy = {name: value.detach() for name, value in parameters.items()}
    weight, bias = start.weight.detach(), start.bias.detach()

    def support_loss(inner: Parameters, inner_weight: Tensor, inner_bias: Tensor) -> Tensor:
        embedded = embed(inner, support.values, support.mask)
        return loss(Head(inner_weight, inner_bias)(embedded), support.onehot)

    rate = loop.learning_rate
    for _ in range(loop.num_steps):
        steps, weight_step, bias_step = grad(support_loss, argnums=(0, 1, 2))(copy, weight, bias)
        if loop.scope == "all":
            copy = {name: value - rate * steps[name] for name, value in copy.items()}
        weight, bias = weight - rate * weight_step, bias - rate * bias_step
    change = Head((weight - start.weight).detach(), (bias - start.bias).detach())
    return {name: value.detach() for name, value in copy.items()}, start, change


def adapted(
    embed: Embed, parameters: Parameters, support: Batch, *, loop: InnerLoop, loss: Loss
) -> tuple[Parameters, Head]:
    """What scores any number of queries after adapting to the support once."""
    copy, start, change = adapt_head(embed, parameters, support, loop=loop, loss=loss)
    return copy, Head(start.weight + change.weight, start.bias + change.bias)


def adapted_logits(
    embed: Embed, parameters: Parameters, support: Batch, query: Batch, *, loop: InnerLoop, loss: Loss
) -> Tensor:
    """returns : (B, K), of the query after adapting to the support"""
    copy, head = adapted(embed, parameters, support, loop=loop, loss=loss)
    return head(embed(copy, query.values, query.mask))


def outer_gradient(
    embed: Embed, parameters: Parameters, support: Batch, query: Batch, *, loop: InnerLoop, loss: Loss
) -> tuple[Parameters, Tensor]:
    """First-order meta-gradient of one task · returns : (gradient of the base parameters, query logits (B, K)).

    The copy's gradient is added to the base's; the head's reaches the base through the prototypes.
    """
    copy, _, change = adapt_head(embed, parameters, support, loop=loop, loss=loss)

    def query_loss(adapted: Parameters, base: Parameters) -> tuple[Tensor, Tensor]:
        start = prototype_head(prototypes(embed(base, support.values, support.mask), support.onehot))
        head = Head(start.weight + change.weight, start.bias + change.bias)
        logits = head(embed(adapted, query.values, query.mask))
        return loss(logits, query.onehot), logits

    base = {name: value.detach() for name, value in parameters.items()}
    (through_copy, through_prototypes), logits = grad(query_loss, argnums=(0, 1), has_aux=True)(copy, base)
    total = {name: through_copy[name] + through_prototypes[name] for name in base}
    return total, logits


def stacked(batches: list[Batch]) -> Batch:
    """Tasks of one shape, for torch.func.vmap."""
    return Batch(
        values=torch.stack([batch.values for batch in batches]),
        mask=torch.stack([batch.mask for batch in batches]),
        onehot=torch.stack([batch.onehot for batch in batches]),
    )
