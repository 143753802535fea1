"""Video frames to what the vision tower reads.

The whole picture is squashed to 224 x 224 (as Video-ChatGPT does: nothing at the border of an endoscope's view is cut
away), by antialiased bilinear resizing in float, then each channel goes from [0, 255] to [-1, 1], which is how the
EfficientNet-Lite weights were trained.
"""

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from inference.vision.backbone import IMAGE_SIZE_PX

HALF_RANGE = 127.5


def frames_to_pixels(frames: NDArray[np.uint8]) -> Tensor:
    """frames : (B, H, W, 3), uint8, RGB · returns : (B, 3, 224, 224), float32 in [-1, 1], channels last."""
    pixels = torch.from_numpy(np.ascontiguousarray(frames)).permute(0, 3, 1, 2).float()
    if tuple(pixels.shape[-2:]) != (IMAGE_SIZE_PX, IMAGE_SIZE_PX):
        size = (IMAGE_SIZE_PX, IMAGE_SIZE_PX)
        pixels = F.interpolate(pixels, size=size, mode="bilinear", antialias=True, align_corners=False)
    return (pixels / HALF_RANGE - 1.0).contiguous(memory_format=torch.channels_last)
