"""What a tower says of simulated videos whose seeds it never saw."""

from pathlib import Path

import numpy as np

from inference.vision.calibrate import HeldOut
from inference.vision.crossval import TrainingData, held_out
from inference.vision.fit import Tower
from inference.vision.metrics import accuracy, mean_average_precision
from inference.vision.outputs import (
    SIMULATED_GESTURE,
    SIMULATED_INSTRUMENT,
    SIMULATED_PHASE,
    SIMULATED_TASK,
    columns_of,
)
from inference.vision.simulated import simulated_frames
from inference.vision.views import cached_views


def held_out_simulations(tower: Tower, data: TrainingData, *, work: Path) -> list[HeldOut]:
    """One entry for each test video, a frame a second."""
    frames = simulated_frames(data.frames.output_names, split="test", work=work)
    views = cached_views(frames.frames, num_views=1, folder=work)
    logits = tower.logits(views[0])
    return [held_out(frames, str(video), logits) for video in np.unique(frames.videos)]


def simulation_figures(outputs: list[HeldOut], names: tuple[str, ...]) -> dict[str, float]:
    """Over all frames of all test videos: each frame by itself, no smoothing."""
    truth, logits = (np.concatenate([getattr(seen, field) for seen in outputs]) for field in ("truth", "logits"))
    instruments = columns_of(SIMULATED_INSTRUMENT.name, names)
    figures = {
        "simulated_instrument_map": mean_average_precision(truth[:, instruments] > 0.5, logits[:, instruments]),
    }
    for group in (SIMULATED_GESTURE, SIMULATED_TASK, SIMULATED_PHASE):
        columns = columns_of(group.name, names)
        known = ~np.isnan(truth[:, columns]).any(axis=1)
        guess = logits[known][:, columns].argmax(axis=1)
        figures[f"{group.name.replace('simulator/', 'simulated_')}_accuracy"] = accuracy(
            truth[known][:, columns].argmax(axis=1), guess
        )
    return figures
