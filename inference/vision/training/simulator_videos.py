"""Simulated videos as the product would read them: a frame a second, through the codecs, through the shipped tower.

Three splits with seeds of their own. Videos differ in skill, length, picture size and in where within a second they
are sampled; a test video is 854 x 480 and sampled at full seconds, as the demo library is.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from inference.lab.recipe import alone, replaced
from inference.media.compression import as_samples
from inference.progress import Progress, ProgressCallback, ignore_progress
from inference.simulator.fingerprint import simulator_fingerprint
from inference.simulator.simulation import Simulation
from inference.simulator.spec import TASKS, SimulationSpec, Task
from inference.simulator.truth import frame_truth
from inference.simulator.truth_file import FrameTruth
from inference.vision.encoder import FrameEncoder
from inference.vision.preprocess import frames_to_pixels
from inference.vision.training.sampled_video import SampledVideo

Split = Literal["train", "validation", "test"]
VIDEOS_PER_TASK: dict[Split, int] = {"train": 60, "validation": 8, "test": 12}
# In a minute the simulated operation seldom gets as far as bipolar and irrigator: some are longer.
NUM_OPERATIONS: dict[Split, int] = {"train": 36, "validation": 6, "test": 12}
OPERATION_DURATION_S = (90, 150)
OPERATION_SEEDS = 500
# The tower itself was trained on seeds 1000 to 1005; the demo library's seeds lie below 100.
FIRST_SEED: dict[Split, int] = {"train": 20_000, "validation": 30_000, "test": 40_000}
TRAINING_DURATIONS_S = (20, 80)
TEST_DURATIONS_S = (30, 45, 60)
SIZES_PX = ((480, 270), (480, 270), (854, 480))
TEST_SIZE_PX = (854, 480)
FRAMES_PER_PASS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`first_frame` : where within the first second sampling begins."""

    spec: SimulationSpec
    first_frame: int


def plans(split: Split) -> list[Plan]:
    """Every video of a split, tasks taking turns, then the long operations; the same each time."""
    count = VIDEOS_PER_TASK[split]
    short = [_plan(split, task, index, count) for index in range(count) for task in TASKS]
    return short + [_operation(split, index) for index in range(NUM_OPERATIONS[split])]


def sampled_videos(
    split: Split, encoder: FrameEncoder, work: Path, on_progress: ProgressCallback = ignore_progress
) -> list[SampledVideo]:
    """Drawn and encoded once, then read from `work`. Progress counts videos."""
    return list(_sampled(plans(split), encoder, work / "simulator" / encoder.encoder_id, on_progress))


def sampled_frames(plan: Plan) -> tuple[NDArray[np.uint8], list[FrameTruth]]:
    """One video's frames, a second apart : (T, h, w, 3), uint8, RGB, compressed as the product does; their truth."""
    simulation = Simulation(plan.spec)
    chosen = range(plan.first_frame, simulation.num_frames, plan.spec.fps)
    drawn = np.stack([simulation.frame(index) for index in chosen])
    return as_samples(drawn), [frame_truth(simulation, index) for index in chosen]


def encoded(frames: NDArray[np.uint8], encoder: FrameEncoder) -> torch.Tensor:
    """frames : (T, h, w, 3) · returns : (T, 49, 1280), float32"""
    parts = [frames[start : start + FRAMES_PER_PASS] for start in range(0, len(frames), FRAMES_PER_PASS)]
    return torch.cat([encoder.encode(frames_to_pixels(part)) for part in parts])


def _plan(split: Split, task: Task, index: int, count: int) -> Plan:
    seed = FIRST_SEED[split] + index
    random = np.random.default_rng([seed, TASKS.index(task)])
    is_training = split == "train"
    size = SIZES_PX[int(random.integers(len(SIZES_PX)))] if is_training else TEST_SIZE_PX
    # Training skills are drawn; the others are spread evenly, so that each split holds every kind of operator.
    skill = float(random.random()) if is_training else index / (count - 1)
    duration_s = random.uniform(*TRAINING_DURATIONS_S) if is_training else TEST_DURATIONS_S[index % 3]
    spec = SimulationSpec(
        task=task, skill=skill, seed=seed, duration_s=float(duration_s), width_px=size[0], height_px=size[1]
    )
    return Plan(spec=spec, first_frame=int(random.integers(spec.fps)) if is_training else 0)


def _operation(split: Split, index: int) -> Plan:
    plan = _plan(split, "organ", index, NUM_OPERATIONS[split])
    seed = plan.spec.seed + OPERATION_SEEDS
    duration_s = float(np.random.default_rng(seed).integers(*OPERATION_DURATION_S))
    return replace(plan, spec=replace(plan.spec, seed=seed, duration_s=duration_s))


def _sampled(
    wanted: list[Plan], encoder: FrameEncoder, folder: Path, on_progress: ProgressCallback
) -> Iterator[SampledVideo]:
    folder.mkdir(parents=True, exist_ok=True)
    for done, plan in enumerate(wanted, start=1):
        path = folder / f"{plan.spec.task}-{plan.spec.seed}.npy"
        facts = path.with_suffix(".json")
        made_of = {"plan": asdict(plan), "simulator": simulator_fingerprint(), "encoder": encoder.reading_id}
        with alone(path):
            if not facts.exists() or not made_of.items() <= json.loads(facts.read_text()).items():
                facts.unlink(missing_ok=True)
                frames, truths = sampled_frames(plan)
                patches, content = encoded(frames, encoder).half().numpy(), json.dumps(made_of | {"truths": truths})
                replaced(path, partial(np.save, arr=patches))
                replaced(facts, partial(Path.write_text, data=content))
        yield SampledVideo(
            task=plan.spec.task,
            skill=plan.spec.skill,
            seed=plan.spec.seed,
            size_px=(plan.spec.width_px, plan.spec.height_px),
            patches=np.load(path, mmap_mode="r"),
            truths=json.loads(facts.read_text())["truths"],
        )
        on_progress(Progress(done=done, total=len(wanted), unit="clips"))
