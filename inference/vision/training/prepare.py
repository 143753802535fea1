"""Everything a training needs, from a data folder: frames, labels, cached views."""

from pathlib import Path

import numpy as np

from inference.progress import ProgressCallback, ignore_progress
from inference.vision.outputs import REAL_GROUPS, SCENE, SIMULATOR_GROUPS
from inference.vision.training.dataset import TrainingData, joined, output_names, real_frames, surgeries
from inference.vision.training.simulated_frames import simulated_frames
from inference.vision.training.views import Views, cached_views

NUM_VIEWS = 7
NUM_SIMULATED_VIEWS = 3


def training_data(data: Path, work: Path, *, on_progress: ProgressCallback = ignore_progress) -> TrainingData:
    """Real frames of `data` and simulated ones. Slow the first time, then read from `work`.

    Raises FileNotFoundError if there is no CholecT50 under `data`.
    """
    surgeries(data)
    groups = (*REAL_GROUPS, SCENE, *SIMULATOR_GROUPS)
    names = output_names(groups)
    real = real_frames(data, names)
    simulated = simulated_frames(names, split="train", work=work)
    views = [
        cached_views(real.frames, num_views=NUM_VIEWS, folder=work, on_progress=on_progress),
        # Simulated frames differ from one another as it is: fewer views, each counting twice or more.
        cached_views(simulated.frames, num_views=NUM_SIMULATED_VIEWS, folder=work, on_progress=on_progress),
    ]
    return TrainingData(frames=joined(real, simulated), views=_side_by_side(views), groups=groups)


def _side_by_side(parts: list[Views]) -> Views:
    """Views of all frames in memory : (V, N, 192, 7, 7); parts with fewer augmented views repeat theirs."""
    columns = []
    for part in parts:
        repeated = [0, *(1 + index % (len(part) - 1) for index in range(NUM_VIEWS - 1))]
        columns.append(np.stack([part[view] for view in repeated]))
    return np.concatenate(columns, axis=1)
