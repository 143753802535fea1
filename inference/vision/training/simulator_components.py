"""The directions in which patches of simulated frames differ most, so that training reads 128 numbers and not 1280.

Only a step of the training: the projection that is shipped has them multiplied in.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from inference.vision.simulated.reader import PatchProjection, normalised
from inference.vision.training.sampled_video import SampledVideo

NUM_COMPONENTS = 128
FRAMES_PER_VIDEO = 4
FRAMES_PER_PASS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """mean : (1280,) · basis : (1280, 128), scaled so that every component has variance 1."""

    mean: Tensor
    basis: Tensor

    @classmethod
    def of(cls, videos: Sequence[SampledVideo], *, seed: int) -> "Components":
        """From a few frames of each video."""
        random = np.random.default_rng(seed)
        chosen = [np.sort(random.choice(len(video.truths), FRAMES_PER_VIDEO, replace=False)) for video in videos]
        sample = torch.cat([_patches(video, rows) for video, rows in zip(videos, chosen, strict=True)]).flatten(0, 1)
        mean = sample.mean(dim=0)
        centred = sample - mean
        variances, directions = torch.linalg.eigh(centred.T @ centred / len(sample))
        strongest = slice(len(variances) - NUM_COMPONENTS, None)
        return cls(mean=mean, basis=directions[:, strongest] / variances[strongest].sqrt())

    def read(self, video: SampledVideo) -> Tensor:
        """returns : (T, 49, 128), float16"""
        return torch.cat([((part - self.mean) @ self.basis).half() for part in _passes(video)])

    def folded(self, weight: Tensor) -> PatchProjection:
        """weight : (16, 128), of a linear map of components · returns the same map of patches."""
        projection = PatchProjection()
        direct = weight.detach() @ self.basis.T
        projection.project.load_state_dict({"weight": direct, "bias": -direct @ self.mean})
        return projection


def _passes(video: SampledVideo) -> Iterator[Tensor]:
    for start in range(0, len(video.truths), FRAMES_PER_PASS):
        yield _patches(video, slice(start, start + FRAMES_PER_PASS))


def _patches(video: SampledVideo, rows: slice | np.ndarray) -> Tensor:
    return normalised(torch.from_numpy(np.array(video.patches[rows])).float())
