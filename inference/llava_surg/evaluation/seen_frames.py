"""A labelled surgery's frames as an encoder sees them, in one pass, kept on disk for these pictures and weights."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from inference.datasets.cholect50 import FOLDER, LabelledVideo
from inference.datasets.frames import DatasetInvalid
from inference.lab.recipe import kept, recipe_key
from inference.progress import Progress, ProgressCallback, ignore_progress
from inference.vision.encoder import FrameEncoder, FrameReading
from inference.vision.training.frame_pixels import frame_pixels

FRAMES_PER_BATCH = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFrames:
    """patches : (T, 49, 1280) float16 · rows : (T, C) float32, columns the encoder's `output_names`."""

    patches: Tensor
    rows: Tensor


def seen_frames(
    video: LabelledVideo, *, encoder: FrameEncoder, work: Path, on_progress: ProgressCallback = ignore_progress
) -> SeenFrames:
    """Of the labelled frames. Raises DatasetInvalid if there are none."""
    if not video.paths:
        raise DatasetInvalid(f"{FOLDER}/videos/{video.name} has no frame with labels")
    key = recipe_key(encoder.reading_id, files=video.paths)
    path = kept(
        work / f"{video.name}-{key}.safetensors", lambda part: save_file(_tensors(video, encoder, on_progress), part)
    )
    found = load_file(path)
    return SeenFrames(patches=found["patches"], rows=found["rows"])


def _tensors(video: LabelledVideo, encoder: FrameEncoder, on_progress: ProgressCallback) -> dict[str, Tensor]:
    readings = list(_read(video, encoder, on_progress))
    return {
        "patches": torch.cat([one.patches for one in readings]).half(),
        "rows": torch.cat([one.rows for one in readings if one.rows is not None]).float(),
    }


def _read(video: LabelledVideo, encoder: FrameEncoder, on_progress: ProgressCallback) -> Iterator[FrameReading]:
    for start in range(0, len(video.paths), FRAMES_PER_BATCH):
        batch = [frame_pixels(path) for path in video.paths[start : start + FRAMES_PER_BATCH]]
        yield encoder.read(torch.cat(batch))
        on_progress(Progress(done=start + len(batch), total=len(video.paths), unit="frames"))
