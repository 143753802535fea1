"""One video's embedding is its own: no batch, no padding, no length in it."""

import numpy as np
import torch

from inference.avbanet.encoder import masked_group_norm
from tests.unit.avbanet.made_up import model, sequence

CLOSE = 1e-6


def test_a_batch_of_one_is_a_batch_of_many() -> None:
    scorer = model()
    videos = [sequence(seed, seconds=20 + 7 * seed) for seed in range(6)]
    together = scorer.read_all(videos)
    for video, read in zip(videos, together, strict=True):
        alone = scorer.read(video)
        assert np.abs(alone.embedding - read.embedding).max() < CLOSE
        assert np.abs(alone.mistakes - read.mistakes).max() < CLOSE


def test_seconds_that_are_not_usable_change_nothing() -> None:
    scorer = model()
    usable = np.arange(40) < 30
    one = sequence(1, usable=usable)
    values = one.values.copy()
    values[~usable] = 99.0
    other = sequence(1, usable=usable, values=values)
    assert np.abs(scorer.read(one).embedding - scorer.read(other).embedding).max() < CLOSE
    assert scorer.read(one).weights[~usable].max() == 0


def test_a_constant_video_embeds_alike_at_any_length() -> None:
    """Away from its ends, where a convolution sees beyond the video."""
    scorer = model()
    short, long = (
        sequence(1, seconds=seconds, values=np.ones((seconds, sequence(1).values.shape[1]), np.float32))
        for seconds in (200, 400)
    )
    assert np.abs(scorer.read(short).embedding - scorer.read(long).embedding).max() < 0.05


def test_weights_sum_to_one_over_time() -> None:
    read = model().read(sequence(4))
    assert np.allclose(read.weights.sum(axis=0), 1)


def test_group_norm_is_of_one_video_and_its_usable_seconds() -> None:
    values = torch.randn(2, 10, 8)
    mask = torch.ones(2, 10, 1)
    mask[0, 6:] = 0
    normed = masked_group_norm(values, mask, 2)
    part = normed[0, :6].reshape(6, 2, 4)
    assert torch.allclose(part.mean(dim=(0, 2)), torch.zeros(2), atol=1e-5)
    assert torch.allclose(part.var(dim=(0, 2), unbiased=False), torch.ones(2), atol=1e-3)
    assert torch.equal(normed[0, 6:], torch.zeros(4, 8))
