"""Test videos by the product's whole way: every frame drawn, written as mp4, looked into, transcoded, sampled.

Slow, so for a few videos: a check that frames compressed by themselves are read as those of a transcoded video are.
"""

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.media.frames import read_samples
from inference.media.probe import probe
from inference.media.transcode import TranscodeOutputs, transcode
from inference.simulator.simulation import Simulation
from inference.simulator.video import write_simulation
from inference.vision.encoder import FrameEncoder
from inference.vision.training.sampled_video import SampledVideo
from inference.vision.training.simulator_videos import Plan, encoded

NAMES = ("proxy.mp4", "poster.jpg", "sprite.jpg", "sprite.json", "pts.safetensors", "samples.mp4")


def transcoded(video: SampledVideo, plan: Plan, encoder: FrameEncoder) -> SampledVideo:
    """The same video with patches as the product would store them."""
    with tempfile.TemporaryDirectory() as folder:
        frames = _transcoded(plan, Path(folder))[: len(video.truths)]
    return replace(video, patches=encoded(frames, encoder).half().numpy(), truths=video.truths[: len(frames)])


def _transcoded(plan: Plan, folder: Path) -> NDArray[np.uint8]:
    """returns : (T, h, w, 3), uint8, RGB"""
    source = write_simulation(Simulation(plan.spec), folder).video
    proxy, poster, sprite, index, pts, samples = (folder / name for name in NAMES)
    outputs = TranscodeOutputs(proxy=proxy, poster=poster, sprite=sprite, sprite_index=index, pts=pts, samples=samples)
    transcode(source, outputs, probe(source))
    return np.stack([frame for _, frame in read_samples(samples)])
