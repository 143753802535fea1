"""The picture that stands for the video in the library: of some moments, the one with most to see."""

import math
from pathlib import Path

from inference.media.pictures import contrast, picture_at, pictures_every

NUM_CANDIDATES = 16
JPEG_QUALITY = 82


def make_poster(proxy: Path, samples: Path, poster: Path, *, duration_s: float) -> None:
    """Black lead-ins and fades lose; a video that is black throughout gets a black poster."""
    step_s = max(1, math.ceil(duration_s / NUM_CANDIDATES))
    contrasts = [contrast(picture) for picture in pictures_every(samples, step=step_s)]
    best = max(range(len(contrasts)), key=contrasts.__getitem__)
    picture_at(proxy, best * step_s).save(poster, format="JPEG", quality=JPEG_QUALITY, optimize=True)
