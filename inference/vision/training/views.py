"""Random views of every training frame, already through the early blocks: they stay frozen, so each is computed once.

View 0 is the frame as the product sees it; the others are augmented. Kept as float16 on disk and memory-mapped.
"""

from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from inference.lab.recipe import kept, recipe_key
from inference.progress import Progress, ProgressCallback, ignore_progress
from inference.vision.backbone import Backbone, imagenet_backbone, imagenet_weights_path
from inference.vision.preprocess import frames_to_pixels
from inference.vision.training.augment import AugmentOptions, augment

FIRST_TRAINED_BLOCK = 15
BATCH = 16

Views = NDArray[np.float16]


def cached_views(
    frames: NDArray[np.uint8], *, num_views: int, folder: Path, on_progress: ProgressCallback = ignore_progress
) -> Views:
    """frames : (N, H, W, 3), uint8 · returns : (num_views, N, 192, 7, 7), float16; computed if not in `folder` yet."""
    recipe = num_views, FIRST_TRAINED_BLOCK, asdict(AugmentOptions())
    path = folder / f"views-{recipe_key(*recipe, files=[imagenet_weights_path()], arrays=[frames])}.npy"
    kept(path, lambda part: _write_views(part, frames, num_views=num_views, on_progress=on_progress))
    views: Views = np.load(path, mmap_mode="r")
    return views


def _write_views(path: Path, frames: NDArray[np.uint8], *, num_views: int, on_progress: ProgressCallback) -> None:
    backbone = imagenet_backbone().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    out: Views | None = None
    for view in range(num_views):
        random = np.random.default_rng(view)
        for start in range(0, len(frames), BATCH):
            batch = frames[start : start + BATCH]
            if view > 0:
                batch = np.stack([augment(frame, random) for frame in batch])
            hidden = _early(backbone, batch)
            if out is None:
                shape = (num_views, len(frames), *hidden.shape[1:])
                out = np.lib.format.open_memmap(path, "w+", np.float16, shape)
            out[view, start : start + len(batch)] = hidden
            done = view * len(frames) + start + len(batch)
            on_progress(Progress(done=done, total=num_views * len(frames), unit="frames"))


def _early(backbone: Backbone, batch: NDArray[np.uint8]) -> NDArray[np.float16]:
    with torch.inference_mode():
        hidden = backbone.run_to(FIRST_TRAINED_BLOCK, frames_to_pixels(batch))
    return np.asarray(hidden.half().numpy())
