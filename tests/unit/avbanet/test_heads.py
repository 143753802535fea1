"""Prototypes and first-order ProtoMAML: what is differentiated, and what is left alone."""

import pytest
import torch
from torch.func import functional_call

from inference.avbanet.heads import (
    Batch,
    InnerLoop,
    adapt_head,
    adapted_logits,
    batch_cosine,
    cross_entropy,
    outer_gradient,
    prototype_head,
    prototypes,
)
from inference.avbanet.paper_encoder import PaperEncoder, PaperOptions, scaled

torch.manual_seed(0)
ENCODER = PaperEncoder(PaperOptions(norm="group", is_masked=True)).double()
PARAMETERS = {name: value.detach() for name, value in ENCODER.named_parameters()}


def embed(parameters, values, mask):
    return functional_call(ENCODER, dict(parameters), (values, mask))


def batch(num: int, ways: int, *, seed: int) -> Batch:
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(num) % ways
    noise = torch.randn(num, 8, 20, generator=generator, dtype=torch.float64)
    # A course, not a level: each channel is scaled by itself.
    values = noise + 2 * labels[:, None, None] * torch.linspace(-1, 1, 20).double()
    return Batch(values=values, mask=torch.ones(num, 1, 20).double(), onehot=torch.eye(ways).double()[labels])


def test_the_released_encoder_has_as_many_parameters_as_the_authors() -> None:
    assert sum(value.numel() for value in PARAMETERS.values()) == 11_712


def test_the_linear_head_is_the_nearest_prototype() -> None:
    support, query = batch(6, 3, seed=1), batch(9, 3, seed=2)
    centres = prototypes(embed(PARAMETERS, support.values, support.mask), support.onehot)
    embedded = embed(PARAMETERS, query.values, query.mask)
    apart = torch.cdist(embedded, centres)
    assert torch.equal(prototype_head(centres)(embedded).argmax(dim=1), apart.argmin(dim=1))


def test_adapting_changes_no_base_weight() -> None:
    before = {name: value.clone() for name, value in PARAMETERS.items()}
    adapt_head(embed, PARAMETERS, batch(4, 2, seed=1), loop=InnerLoop(num_steps=3), loss=cross_entropy)
    assert all(torch.equal(before[name], value) for name, value in PARAMETERS.items())


def test_the_order_of_classes_does_not_matter() -> None:
    support, query = batch(6, 3, seed=1), batch(6, 3, seed=2)
    order = [2, 0, 1]
    turned = Batch(values=support.values, mask=support.mask, onehot=support.onehot[:, order])
    one, other = (
        adapted_logits(embed, PARAMETERS, given, query, loop=InnerLoop(num_steps=2), loss=batch_cosine)
        for given in (support, turned)
    )
    assert torch.allclose(one[:, order], other, atol=1e-8)


def test_without_inner_steps_the_meta_gradient_is_the_finite_difference() -> None:
    """No step: nothing is of first order only, and the gradient through the prototypes must be exact."""
    support, query = batch(4, 2, seed=1), batch(4, 2, seed=2)
    loop = InnerLoop(num_steps=0)
    gradient, _ = outer_gradient(embed, PARAMETERS, support, query, loop=loop, loss=cross_entropy)

    def loss(parameters) -> float:
        logits = adapted_logits(embed, parameters, support, query, loop=loop, loss=cross_entropy)
        return float(cross_entropy(logits, query.onehot))

    for name in ("embed.weight", "widen.weight", "first.conv1.bias"):
        step = torch.zeros_like(PARAMETERS[name])
        step.view(-1)[1] = 1e-5
        moved = [loss({**PARAMETERS, name: PARAMETERS[name] + sign * step}) for sign in (1, -1)]
        assert abs((moved[0] - moved[1]) / 2e-5 - float(gradient[name].view(-1)[1])) < 1e-5


def test_inner_steps_learn_the_support() -> None:
    support = batch(6, 3, seed=5)
    start = adapted_logits(embed, PARAMETERS, support, support, loop=InnerLoop(num_steps=0), loss=cross_entropy)
    # By small steps: an encoder that was never trained overshoots with the released 0.1.
    loop = InnerLoop(num_steps=10, learning_rate=1e-3)
    after = adapted_logits(embed, PARAMETERS, support, support, loop=loop, loss=cross_entropy)
    assert cross_entropy(after, support.onehot) < cross_entropy(start, support.onehot)


def test_as_released_zeros_after_the_end_are_the_least_of_a_channel_and_masked_they_are_not() -> None:
    values = torch.tensor([[[3.0, 5.0, 4.0, 0.0]]])
    assert scaled(values, torch.ones(1, 1, 4)).tolist()[0][0] == pytest.approx([0.6, 1.0, 0.8, 0.0])
    assert scaled(values, torch.tensor([[[1.0, 1.0, 1.0, 0.0]]])).tolist()[0][0] == pytest.approx([0.0, 1.0, 0.5, 0.0])


def test_released_statistics_are_of_the_batch_and_closed_ones_are_not() -> None:
    values = torch.rand(4, 8, 30)
    mask = torch.ones(4, 1, 30)
    for norm, is_alike in (("batch", False), ("group", True)):
        encoder = PaperEncoder(PaperOptions(norm=norm, is_masked=True))
        alike = torch.allclose(encoder(values, mask)[:1], encoder(values[:1], mask[:1]), atol=1e-5)
        assert alike is is_alike


def test_released_padding_shows_and_masked_padding_does_not() -> None:
    values = torch.rand(2, 8, 30)
    longer = torch.cat([values, torch.zeros(2, 8, 30)], dim=-1)
    mask = torch.ones(2, 1, 30)
    wide = torch.cat([mask, torch.zeros(2, 1, 30)], dim=-1)
    for is_masked in (False, True):
        encoder = PaperEncoder(PaperOptions(norm="group", is_masked=is_masked))
        assert torch.allclose(encoder(values, mask), encoder(longer, wide), atol=1e-5) is is_masked
