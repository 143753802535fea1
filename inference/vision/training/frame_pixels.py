"""A labelled picture as the encoder takes it, as the product would show it to the encoder."""

from pathlib import Path

import numpy as np
from torch import Tensor

from inference.datasets.picture_file import read_rgb
from inference.vision.preprocess import frames_to_pixels


def frame_pixels(path: Path) -> Tensor:
    """returns : (1, 3, 224, 224). Raises DatasetInvalid naming a picture that cannot be read."""
    return frames_to_pixels(np.array(read_rgb(path), dtype=np.uint8)[None])
