"""What a tower says of simulated videos whose seeds it never saw."""

from pathlib import Path

import numpy as np

from inference.vision.training.crossval import held_out
from inference.vision.training.dataset import HeldOut, TrainingData
from inference.vision.training.fit import Tower
from inference.vision.training.simulated_frames import simulated_frames
from inference.vision.training.views import cached_views


def held_out_simulations(tower: Tower, data: TrainingData, *, work: Path) -> list[HeldOut]:
    """One entry for each test video, a frame a second."""
    frames = simulated_frames(data.frames.output_names, split="test", work=work)
    views = cached_views(frames.frames, num_views=1, folder=work)
    logits = tower.logits(views[0])
    return [held_out(frames, str(video), logits) for video in np.unique(frames.videos)]
