"""Frames of our own simulator, with its truth: so that the tower also knows the box trainer of the demo library.

Training videos and test videos have different seeds; a test video is sampled each second, as a real one is.
"""

import json
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.lab.recipe import kept, recipe_key
from inference.simulator.fingerprint import simulator_fingerprint
from inference.simulator.simulation import Simulation
from inference.simulator.spec import TASKS, SimulationSpec, Task
from inference.simulator.truth import frame_truth
from inference.vision.outputs import (
    PHASES,
    SCENE,
    SIMULATED_GESTURE,
    SIMULATED_INSTRUMENT,
    SIMULATED_PHASE,
    SIMULATED_TASK,
    OutputGroup,
    columns_of,
)
from inference.vision.training.dataset import KEPT_SIZE_PX, FrameSet

Split = Literal["train", "test"]
VIDEOS_PER_TASK: dict[Split, int] = {"train": 6, "test": 2}
FIRST_SEED: dict[Split, int] = {"train": 1000, "test": 9000}
FRAMES_PER_TRAINING_VIDEO = 20
TEST_DURATION_S = 30


def simulated_frames(names: tuple[str, ...], *, split: Split, work: Path) -> FrameSet:
    """Drawn once, then read from `work`."""
    recipe = (
        simulator_fingerprint(),
        VIDEOS_PER_TASK,
        FIRST_SEED,
        FRAMES_PER_TRAINING_VIDEO,
        TEST_DURATION_S,
        KEPT_SIZE_PX,
    )
    path = kept(work / f"simulated-{split}-{recipe_key(*recipe)}.npz", lambda part: _draw_all(part, split))
    with np.load(path) as drawn:
        truths: list[dict[str, Any]] = json.loads(str(drawn["truths"]))
        return FrameSet(
            frames=drawn["frames"],
            videos=drawn["videos"],
            timestamps_s=drawn["timestamps_s"],
            targets=np.stack([_targets(truth, names) for truth in truths]),
            output_names=names,
        )


def _draw_all(path: Path, split: Split) -> None:
    random = np.random.default_rng(FIRST_SEED[split])
    frames, videos, times_s, truths = [], [], [], []
    for task in TASKS:
        for index in range(VIDEOS_PER_TASK[split]):
            simulation, chosen = _plan(task, split, index, random)
            for frame_index in chosen:
                picture = simulation.frame(frame_index)
                frames.append(cv2.resize(picture, (KEPT_SIZE_PX, KEPT_SIZE_PX), interpolation=cv2.INTER_CUBIC))
                videos.append(f"sim-{task}-{simulation.spec.seed}")
                times_s.append(frame_index / simulation.spec.fps)
                truth = frame_truth(simulation, frame_index)
                truths.append({key: truth[key] for key in ("phase", "gesture", "instruments")} | {"task": task})
    np.savez(
        path,
        frames=np.stack(frames),
        videos=np.array(videos),
        timestamps_s=np.array(times_s),
        truths=np.array(json.dumps(truths)),
    )


def _plan(task: Task, split: Split, index: int, random: np.random.Generator) -> tuple[Simulation, list[int]]:
    spec = SimulationSpec(
        task=task,
        skill=float(random.random()),
        seed=FIRST_SEED[split] + index,
        duration_s=float(TEST_DURATION_S) if split == "test" else float(random.uniform(25, 70)),
        width_px=320,
        height_px=180,
    )
    simulation = Simulation(spec)
    if split == "test":
        return simulation, [second * spec.fps for second in range(TEST_DURATION_S)]
    count = min(FRAMES_PER_TRAINING_VIDEO, simulation.num_frames)
    return simulation, sorted(random.choice(simulation.num_frames, count, replace=False).tolist())


def _targets(truth: dict[str, Any], names: tuple[str, ...]) -> NDArray[np.float32]:
    targets = np.full(len(names), np.nan, dtype=np.float32)
    _set(targets, names, SCENE, {"simulator"})
    _set(targets, names, SIMULATED_TASK, {truth["task"]})
    _set(targets, names, SIMULATED_INSTRUMENT, set(truth["instruments"]))
    if truth["gesture"] in SIMULATED_GESTURE.labels:
        _set(targets, names, SIMULATED_GESTURE, {truth["gesture"]})
    if truth["phase"] in PHASES:
        _set(targets, names, SIMULATED_PHASE, {truth["phase"]})
    return targets


def _set(targets: NDArray[np.float32], names: tuple[str, ...], group: OutputGroup, seen: set[str]) -> None:
    for column, label in zip(columns_of(group.name, names), group.labels, strict=True):
        targets[column] = label in seen
