"""Pictures of the simulator as frames of a data set: what a box trainer looks like."""

from pathlib import Path

import numpy as np
from PIL import Image

from inference.datasets.frames import UNKNOWN_TIME_STEP_S, LabelledFrame
from inference.datasets.kinds import BOX_TRAINER, BOX_TRAINER_SCENE, kind_is
from inference.datasets.operations import Operation
from inference.lab.recipe import kept, recipe_key
from inference.simulator.fingerprint import simulator_fingerprint
from inference.simulator.simulation import Simulation
from inference.simulator.spec import TASKS, SimulationSpec, Task

FOLDER = "simulator"
FIRST_SEED = 1000
VIDEOS_PER_TASK = 5
FRAMES_PER_VIDEO = 8
DURATION_S = 40.0
JPEG_QUALITY = 90


def simulator_pictures(work: Path) -> list[LabelledFrame]:
    """Drawn once, then read from `work`. A video's fold is its seed's, whatever the exercise."""
    recipe = simulator_fingerprint(), FIRST_SEED, VIDEOS_PER_TASK, FRAMES_PER_VIDEO, DURATION_S, JPEG_QUALITY
    folder = kept(work / f"{FOLDER}-{recipe_key(*recipe)}", _draw_all)
    return [_frame(path, index) for index, path in enumerate(sorted(folder.glob("*.jpg")))]


def _frame(path: Path, index: int) -> LabelledFrame:
    task, seed, _ = path.stem.rsplit("-", 2)
    return LabelledFrame(
        folder=FOLDER,
        video=f"{task}-{seed}",
        origin=Operation(FOLDER, int(seed)),
        path=path,
        timestamp_s=index * UNKNOWN_TIME_STEP_S,
        truth=kind_is(BOX_TRAINER) | {BOX_TRAINER_SCENE: 1.0},
    )


def _draw_all(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    random = np.random.default_rng(FIRST_SEED)
    for seed in range(FIRST_SEED, FIRST_SEED + VIDEOS_PER_TASK):
        for task in TASKS:
            _draw(folder, task, seed, random)


def _draw(folder: Path, task: Task, seed: int, random: np.random.Generator) -> None:
    spec = SimulationSpec(
        task=task, skill=float(random.random()), seed=seed, duration_s=DURATION_S, width_px=320, height_px=180
    )
    simulation = Simulation(spec)
    for index in sorted(random.choice(simulation.num_frames, FRAMES_PER_VIDEO, replace=False).tolist()):
        Image.fromarray(simulation.frame(index)).save(folder / f"{task}-{seed}-{index}.jpg", quality=JPEG_QUALITY)
