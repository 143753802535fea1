"""The composition root of the gpu process: models, built from settings on first use and then kept.

Each is built once however many threads ask for it at the same time.
"""

import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar

import torch
from django.conf import settings

from inference.vision.encoder import EncoderOptions, FrameEncoder
from inference.vision.timeline import TimelineHeads

T = TypeVar("T")

VISION_TOWER = "vision_tower.safetensors"
TIMELINE_HEADS = "timeline_heads.json"
_building = threading.RLock()


def built_once(build: Callable[[], T]) -> Callable[[], T]:
    """A cache that a second thread waits for instead of building a second model."""
    cached = cache(build)

    def get() -> T:
        with _building:
            return cached()

    return get


@built_once
def frame_encoder() -> FrameEncoder:
    """Our own tower where its weights are in the repository, else ImageNet's."""
    weights = Path(settings.WEIGHTS_DIR) / VISION_TOWER
    return FrameEncoder(EncoderOptions(weights=weights if weights.is_file() else None, device=device()))


@built_once
def timeline_heads() -> TimelineHeads | None:
    """None where no tower was trained: the timeline is then empty."""
    path = Path(settings.WEIGHTS_DIR) / TIMELINE_HEADS
    return TimelineHeads.load(path) if path.is_file() else None


def device() -> str:
    if settings.DEVICE != "auto":
        return str(settings.DEVICE)
    return "cuda" if torch.cuda.is_available() else "cpu"
