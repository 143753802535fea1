"""Squares as published, and squares that keep the shape."""

import numpy as np
import torch

from inference.llava_surg.faithful.resizing import to_square


def test_squashing_is_torchs_nearest() -> None:
    frame = np.random.default_rng(1).integers(0, 255, (90, 160, 3), dtype=np.uint8)
    pixels = torch.from_numpy(frame).permute(2, 0, 1)[None]
    reference = torch.nn.functional.interpolate(pixels, size=(56, 56))[0].permute(1, 2, 0).numpy()

    np.testing.assert_array_equal(to_square(frame, side_px=56, resize="squash_nearest"), reference)


def test_padding_keeps_the_shape_between_black_bars() -> None:
    square = to_square(np.full((90, 160, 3), 200, dtype=np.uint8), side_px=64, resize="pad_bicubic")

    assert square.shape == (64, 64, 3)
    assert (square[:14] == 0).all()
    assert (square[15:49] == 200).all()
