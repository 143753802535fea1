"""How a frame becomes a square: squashed by nearest neighbour, as the faithful weights expect, or padded and smooth."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inference.llava_surg.config import Resize

Frame = NDArray[np.uint8]


def to_square(frame: Frame, *, side_px: int, resize: Resize) -> Frame:
    """frame: (H, W, 3) uint8; returns (side_px, side_px, 3) uint8."""
    if resize == "squash_nearest":
        return _squashed(frame, side_px)
    return _padded(frame, side_px)


def _squashed(frame: Frame, side_px: int) -> Frame:
    """torch's and OpenCV's "nearest": floor of the scaled index, which PIL's is not."""
    height, width = frame.shape[:2]
    rows = np.floor(np.arange(side_px) * (height / side_px)).astype(int)
    columns = np.floor(np.arange(side_px) * (width / side_px)).astype(int)
    return np.ascontiguousarray(frame[rows][:, columns])


def _padded(frame: Frame, side_px: int) -> Frame:
    """Bicubic, shape kept, black bars."""
    height, width = frame.shape[:2]
    scale = side_px / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    resized = Image.fromarray(frame).resize(size, Image.Resampling.BICUBIC)
    square = Image.new("RGB", (side_px, side_px))
    square.paste(resized, ((side_px - size[0]) // 2, (side_px - size[1]) // 2))
    return np.asarray(square, dtype=np.uint8)
