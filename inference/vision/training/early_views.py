"""Views of labelled frames, already through the blocks of the backbone that stay as ImageNet left them.

View 0 is the frame as the product sees it; the others are augmented. Each data set is a float16 file of its own,
named by all it depends on: pictures, augmentation, number of views, first trained block, ImageNet's weights.
"""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from inference.datasets.picture_file import read_rgb
from inference.lab.recipe import kept, recipe_key
from inference.models.device import cpu_computes_bfloat16
from inference.progress import Progress, ProgressCallback, ignore_progress
from inference.vision.backbone import EYES_FIRST_BLOCK, imagenet_backbone, imagenet_weights_path
from inference.vision.fused import EarlyBlocks
from inference.vision.preprocess import frames_to_pixels
from inference.vision.training.augment import AugmentOptions, augment
from inference.vision.training.frame_pixels import frame_pixels

AUGMENTED_FROM_PX = 256
# Archives squeeze, frame and compress pictures in their own ways.
AUGMENT = AugmentOptions(log_aspect=0.28, letterbox_chance=0.12, recording_chance=0.35)
# More activations than that no longer fit a processor's cache.
PICTURES_PER_PASS = 4

View = NDArray[np.float16]


def early_view(
    name: str, paths: Sequence[Path], *, view: int, folder: Path, on_progress: ProgressCallback = ignore_progress
) -> View:
    """returns : (N, 192, 7, 7), float16, read from `folder`, computed first if it is not there."""
    path = folder / f"early-{name}-{view}-{_key(paths, view)}.npy"
    kept(path, lambda part: _write(part, paths, view=view, on_progress=on_progress))
    found: View = np.load(path, mmap_mode="r")
    return found


def _key(paths: Sequence[Path], view: int) -> str:
    recipe = [view, EYES_FIRST_BLOCK, AUGMENTED_FROM_PX, asdict(AUGMENT), cpu_computes_bfloat16()]
    return recipe_key(recipe, files=(imagenet_weights_path(), *paths))


def _write(path: Path, paths: Sequence[Path], *, view: int, on_progress: ProgressCallback) -> None:
    early = EarlyBlocks(imagenet_backbone(), until=EYES_FIRST_BLOCK)
    out: View | None = None
    for start in range(0, len(paths), PICTURES_PER_PASS):
        sources = paths[start : start + PICTURES_PER_PASS]
        pixels = torch.cat([seen(source, view, seed=start + place) for place, source in enumerate(sources)])
        hidden = early(pixels).half().numpy()
        if out is None:
            out = np.lib.format.open_memmap(path, "w+", np.float16, (len(paths), *hidden.shape[1:]))
        out[start : start + len(sources)] = hidden
        on_progress(Progress(done=start + len(sources), total=len(paths), unit="frames"))


def seen(source: Path, view: int, *, seed: int) -> Tensor:
    """returns : (1, 3, 224, 224), the picture as the product sees it (view 0), or as another theatre might show it."""
    if view == 0:
        return frame_pixels(source)
    size = (AUGMENTED_FROM_PX, AUGMENTED_FROM_PX)
    squashed = np.array(read_rgb(source).resize(size, Image.Resampling.BICUBIC), dtype=np.uint8)
    return frames_to_pixels(augment(squashed, np.random.default_rng([view, seed]), AUGMENT)[None])
