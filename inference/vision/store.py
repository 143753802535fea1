"""One video's features in one safetensors file: visual tokens of any window, with no video decode.

frame_features (T, 1280): mean over the patches of each second's frame · bucket_patch_sums (K, 49, 1280): sums over
the frames of each bucket of `bucket_s` seconds · prefix_patch_sums, float64: the same summed from the start, one row
before every PREFIX_STRIDE buckets, so that a window of hours reads a few rows · frame_logits (T, C): what the tower's
heads said of each frame.
"""

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from inference.errors import FeaturesStale, MediaFailed
from inference.vision.pooling import VisualTokens, group_means

FORMAT = "debrief-features-1"
PREFIX_STRIDE = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureInfo:
    """Who made the features, and of how much video."""

    encoder_id: str
    num_frames: int
    duration_s: float


@dataclass(frozen=True, slots=True)
class FeatureStore:
    """Reads a finished store. Only the rows a window needs come from disk; the object itself holds no tensors."""

    path: Path
    encoder_id: str
    num_frames: int
    interval_s: float
    bucket_s: float
    output_names: tuple[str, ...]
    # What was covered in the frames before they were encoded; empty where nobody looked for text.
    covering_id: str = ""
    # Whose outputs the logits are (FrameEncoder.heads_id); empty without any, and in stores older than this.
    heads_id: str = ""

    @classmethod
    def open(
        cls, path: Path, *, encoder_id: str | None = None, covering_id: str | None = None, heads_id: str | None = None
    ) -> "FeatureStore":
        """Raises MediaFailed without a readable store, FeaturesStale if another encoder, covering or heads made it."""
        with _tensors(path) as file:
            metadata = file.metadata() or {}
        if metadata.get("format") != FORMAT:
            raise FeaturesStale(f"{path.name} is not a feature store of this version")
        if encoder_id is not None and metadata["encoder_id"] != encoder_id:
            raise FeaturesStale(f"features were made by {metadata['encoder_id']}, not by {encoder_id}")
        if covering_id is not None and metadata.get("covering_id", "") != covering_id:
            raise FeaturesStale("features were made of frames in which other text was covered")
        if heads_id is not None and metadata.get("heads_id", "") != heads_id:
            raise FeaturesStale("the stored outputs were made by other heads")
        return cls(
            path,
            metadata["encoder_id"],
            int(metadata["num_frames"]),
            float(metadata["interval_s"]),
            float(metadata["bucket_s"]),
            tuple(json.loads(metadata["output_names"])),
            metadata.get("covering_id", ""),
            metadata.get("heads_id", ""),
        )

    @property
    def duration_s(self) -> float:
        return self.num_frames * self.interval_s

    @property
    def info(self) -> FeatureInfo:
        return FeatureInfo(encoder_id=self.encoder_id, num_frames=self.num_frames, duration_s=self.duration_s)

    def frame_features(self) -> Tensor:
        """returns : (T, 1280), float32"""
        with _tensors(self.path) as file:
            return torch.Tensor(file.get_tensor("frame_features").float())

    def frame_logits(self) -> Tensor | None:
        """returns : (T, C), float32, columns named by `output_names`; None if the tower had no trained heads."""
        if not self.output_names:
            return None
        with _tensors(self.path) as file:
            return torch.Tensor(file.get_tensor("frame_logits").float())

    def visual_tokens(self, start_s: float, end_s: float, *, num_temporal: int) -> VisualTokens:
        """Tokens of the frames that [start_s, end_s] touches, at least one; the window is clamped to the video.

        Temporal tokens are exact. Spatial tokens are exact where the window's borders fall on bucket borders (always,
        for videos short enough for one-second buckets); elsewhere a cut bucket counts by the share of its frames.
        """
        first, last = self.frame_range(start_s, end_s)
        with _tensors(self.path) as file:
            frames = file.get_slice("frame_features")[first:last]
            spatial = _window_sum(file, first, last, round(self.bucket_s / self.interval_s)) / (last - first)
        return VisualTokens(temporal=group_means(frames, num_temporal), spatial=spatial)

    def frame_range(self, start_s: float, end_s: float) -> tuple[int, int]:
        """Frames [first, last) whose second overlaps [start_s, end_s]."""
        if math.isnan(start_s) or math.isnan(end_s) or end_s < start_s:
            raise ValueError(f"not a window: {start_s} to {end_s}")
        first = min(max(0, math.floor(start_s / self.interval_s)), self.num_frames - 1)
        last = min(max(first + 1, math.ceil(end_s / self.interval_s)), self.num_frames)
        return first, last


def _window_sum(file: Any, first: int, last: int, frames_per_bucket: int) -> Tensor:
    """Patch sums over frames [first, last) : (49, 1280), float32."""
    return (_sum_before(file, last, frames_per_bucket) - _sum_before(file, first, frames_per_bucket)).float()


def _sum_before(file: Any, frame: int, frames_per_bucket: int) -> Tensor:
    """Patch sums over frames [0, frame), counting the cut bucket by its share of frames."""
    bucket, rest = divmod(frame, frames_per_bucket)
    stride_row = bucket // PREFIX_STRIDE
    sums = file.get_slice("bucket_patch_sums")
    rows = sums[stride_row * PREFIX_STRIDE : min(bucket + 1, sums.get_shape()[0])].double()
    whole = bucket - stride_row * PREFIX_STRIDE
    total: Tensor = file.get_slice("prefix_patch_sums")[stride_row].double() + rows[:whole].sum(dim=0)
    if rest:
        num_in_bucket = int(file.get_slice("bucket_counts")[bucket : bucket + 1].item())
        total = total + rows[whole] * (rest / num_in_bucket)
    return total


@contextmanager
def _tensors(path: Path) -> Iterator[Any]:
    try:
        file = safe_open(str(path), framework="pt", device="cpu")
    except (OSError, SafetensorError) as error:
        raise MediaFailed(f"no readable features at {path.name}: {error}") from error
    with file as opened:
        yield opened
