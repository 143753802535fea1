"""Patch features of a labelled surgery's frames, kept on disk."""

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from inference.datasets.cholect50 import FOLDER, LabelledVideo
from inference.datasets.frames import DatasetInvalid
from inference.lab.recipe import kept, recipe_key
from inference.progress import Progress, ProgressCallback, ignore_progress
from inference.vision.encoder import FrameEncoder
from inference.vision.training.frame_pixels import frame_pixels

ENCODE_BATCH = 16


def cached_patches(
    video: LabelledVideo, *, encoder: FrameEncoder, cache_dir: Path, on_progress: ProgressCallback = ignore_progress
) -> Tensor:
    """Patch features of the labelled frames, (T, 49, 1280) float16; computed once for these pictures and weights.

    Raises DatasetInvalid if the video has no labelled frames.
    """
    if not video.paths:
        raise DatasetInvalid(f"{FOLDER}/videos/{video.name} has no frame with labels")
    key = recipe_key(encoder.reading_id, files=video.paths)
    path = cache_dir / f"{video.name}-{key}.safetensors"
    kept(path, lambda part: save_file({"patches": _encode(video.paths, encoder.encode, on_progress)}, part))
    return load_file(path)["patches"]


def _encode(paths: Sequence[Path], encode: Callable[[Tensor], Tensor], on_progress: ProgressCallback) -> Tensor:
    done: list[Tensor] = []
    for start in range(0, len(paths), ENCODE_BATCH):
        pixels = [frame_pixels(path) for path in paths[start : start + ENCODE_BATCH]]
        done.append(encode(torch.cat(pixels)).half().cpu())
        on_progress(Progress(done=start + len(pixels), total=len(paths), unit="frames"))
    return torch.cat(done)
