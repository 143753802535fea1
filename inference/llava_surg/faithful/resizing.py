"""How a frame becomes a square.

squash_bilinear is what our own tower was trained on, squash_nearest what the published weights expect; pad_bicubic
keeps the shape, for towers that were trained so.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inference.llava_surg.config import Resize

Frame = NDArray[np.uint8]


def to_square(frame: Frame, *, side_px: int, resize: Resize) -> Frame:
    """frame: (H, W, 3) uint8; returns (side_px, side_px, 3) uint8."""
    if resize == "squash_nearest":
        return _squashed(frame, side_px)
    if resize == "squash_bilinear":
        return np.asarray(Image.fromarray(frame).resize((side_px, side_px), Image.Resampling.BILINEAR))
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
