"""The truth of simulated videos as numbers to train and judge the simulator's heads by."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.simulator.spec import HANDS, TASKS
from inference.simulator.truth_file import FrameTruth
from inference.vision.outputs import PHASES, SIMULATED_INSTRUMENT, TIMELINE_GESTURE
from inference.vision.training.sampled_video import SampledVideo

UNKNOWN = -100
POSE_DIM = len(HANDS) * 6
# Roughly unit-sized numbers; a tip far out of the picture need not be placed exactly.
TIP_SCALE_MM, OPENING_SCALE, POSE_LIMIT = 30.0, 0.5, 3.0


@dataclass(frozen=True, slots=True)
class Targets:
    """Of T frames. task, gesture, phase : (T,), phase UNKNOWN where the exercise has none of the operation's · hands :
    (T, 2), each hand's own gesture · instruments : (T, 7), 0 or 1 · poses : (T, 12), tips in space and in the picture
    and jaws, which only help the training."""

    task: Tensor
    gesture: Tensor
    hands: Tensor
    phase: Tensor
    instruments: Tensor
    poses: Tensor

    def at(self, rows: NDArray[np.int64] | slice) -> "Targets":
        return Targets(*(getattr(self, field.name)[rows] for field in fields(self)))


def joined(parts: Sequence[Targets]) -> Targets:
    """One after the other, along the frames."""
    return Targets(*(torch.cat([getattr(part, field.name) for part in parts]) for field in fields(Targets)))


def targets_of(video: SampledVideo) -> Targets:
    truths = video.truths
    label = TIMELINE_GESTURE.labels.index
    visible = [[float(name in truth["instruments"]) for name in SIMULATED_INSTRUMENT.labels] for truth in truths]
    return Targets(
        task=torch.full((len(truths),), TASKS.index(video.task)),
        gesture=torch.tensor([label(truth["gesture"]) for truth in truths]),
        hands=torch.tensor([[label(truth["hands"][hand]["gesture"]) for hand in HANDS] for truth in truths]),
        phase=torch.tensor([_phase(truth) for truth in truths]),
        instruments=torch.tensor(visible),
        poses=torch.tensor([_poses(truth, video.size_px) for truth in truths]).clamp(-POSE_LIMIT, POSE_LIMIT),
    )


def _phase(truth: FrameTruth) -> int:
    return PHASES.index(truth["phase"]) if truth["phase"] in PHASES else UNKNOWN


def _poses(truth: FrameTruth, size_px: tuple[int, int]) -> list[float]:
    numbers: list[float] = []
    for hand in HANDS:
        seen = truth["hands"][hand]
        numbers += [length_mm / TIP_SCALE_MM for length_mm in seen["tip_mm"]]
        numbers += [2 * at_px / side_px - 1 for at_px, side_px in zip(seen["tip_px"], size_px, strict=True)]
        numbers.append(seen["jaw_opening"] / OPENING_SCALE)
    return numbers
