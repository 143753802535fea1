"""Video-ChatGPT's path from features to words, pinned."""

import torch

from inference.llava_surg.config import faithful_config
from inference.llava_surg.projector import Projector, merge_visual, visual_rows
from inference.vision.pooling import spatio_temporal_pool
from tests.fakes_video import tiny_config


def random(*shape: int, seed: int = 1) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_the_faithful_block_is_356_tokens_of_the_text_width() -> None:
    config = faithful_config(name="x", text_width=64, encoder_id="clip")
    rows = visual_rows(spatio_temporal_pool(random(30, 256, 1024), num_temporal=100), config)

    assert rows.shape == (356, 1024)
    assert Projector(config).block(rows).shape == (358, 64)


def test_padding_rows_are_zero_before_and_the_bias_after_the_projector() -> None:
    config = tiny_config(pad_temporal=True, has_layer_norm=False, num_temporal=4)
    projector = Projector(config)
    rows = visual_rows(spatio_temporal_pool(random(2, 2, 8), num_temporal=4), config)

    assert torch.equal(rows[2:4], torch.zeros(2, 8))
    torch.testing.assert_close(projector(rows)[2:4], projector.linear.bias.expand(2, -1))


def test_without_padding_a_short_clip_has_fewer_tokens() -> None:
    rows = visual_rows(spatio_temporal_pool(random(2, 2, 8), num_temporal=4), tiny_config())

    assert rows.shape == (2 + 2, 8)


def test_temporal_tokens_stand_before_spatial_ones() -> None:
    tokens = spatio_temporal_pool(random(3, 2, 8), num_temporal=4)
    rows = visual_rows(tokens, tiny_config())

    assert torch.equal(rows, torch.cat([tokens.temporal, tokens.spatial]))


def test_merging_by_mask_equals_cutting_and_joining() -> None:
    text, visual = random(2, 9, 4), random(6, 4, seed=2)
    is_patch = torch.zeros(2, 9, dtype=torch.bool)
    is_patch[:, 3:6] = True
    joined = torch.stack([torch.cat([text[row, :3], visual[3 * row : 3 * row + 3], text[row, 6:]]) for row in range(2)])

    assert torch.equal(merge_visual(text, visual, is_patch), joined)
