"""Trains the simulator's heads: projection of patches and reading over time, together, on windows of videos.

They learn more than is shipped: each hand's own gesture, where the tips are and how far the jaws are open. What has to
place the tips can not get by on the look of one video's background. Everything random follows from the options' seed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from inference.progress import Progress, ProgressCallback, ignore_progress
from inference.simulator.spec import HANDS
from inference.vision.outputs import TIMELINE_GESTURE
from inference.vision.simulated.heads import READ_GROUPS, READ_NAMES
from inference.vision.simulated.reader import FRAME_DIM, NUM_CHANNELS, READER_DIM, PatchProjection, SequenceReader
from inference.vision.training.sampled_video import SampledVideo
from inference.vision.training.simulator_components import NUM_COMPONENTS, Components
from inference.vision.training.simulator_targets import POSE_DIM, UNKNOWN, Targets, joined, targets_of

LABEL_SMOOTHING = 0.05
WARM_UP_SHARE = 0.15
WINDOW_FRAMES = (12, 20)
# How much each part of the loss counts beside the gesture.
TASK_SHARE, INSTRUMENT_SHARE, PHASE_SHARE, HAND_SHARE, POSE_SHARE = 0.3, 3.0, 0.5, 0.5, 2.0
FRAME_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatorFitOptions:
    """`noise` : in standard deviations of a component, drawn for each frame and once more for each video."""

    seed: int = 0
    num_steps: int = 5000
    videos_per_step: int = 12
    peak_rate: float = 2e-3
    weight_decay: float = 0.03
    noise: float = 0.3


class Teacher(nn.Module):
    """Asks features for everything the truth holds: the shipped outputs, each hand's gesture, poses."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.outputs = nn.Linear(width, len(READ_NAMES))
        self.hands = nn.Linear(width, len(HANDS) * len(TIMELINE_GESTURE.labels))
        self.poses = nn.Linear(width, POSE_DIM)

    def loss(self, features: Tensor, targets: Targets) -> Tensor:
        """features : (B, T, width) · targets : of B x T frames"""
        features = features.flatten(0, 1)
        by_hand = self.hands(features).unflatten(-1, (len(HANDS), -1)).flatten(0, 1)
        return (
            output_loss(self.outputs(features), targets)
            + HAND_SHARE * len(HANDS) * _cross_entropy(by_hand, targets.hands.flatten())
            + POSE_SHARE * F.smooth_l1_loss(self.poses(features), targets.poses)
        )


class Pupil(nn.Module):
    """Everything that is trained; components (B, T, 49, 128) and their mean (B, 1, 49, 128) in, the loss out."""

    def __init__(self) -> None:
        super().__init__()
        self.narrow = nn.Linear(NUM_COMPONENTS, NUM_CHANNELS, bias=False)
        self.reader = SequenceReader(len(READ_NAMES))
        self.of_frames = Teacher(FRAME_DIM)
        self.of_sequences = Teacher(READER_DIM)
        self.of_frames.outputs = self.reader.frame_outputs
        self.of_sequences.outputs = self.reader.outputs

    def loss(self, components: Tensor, background: Tensor, targets: Targets) -> Tensor:
        seen = self.reader.frame(self.narrow(components), self.narrow(background))
        over_time = self.reader.over_time(seen)
        return self.of_sequences.loss(over_time, targets) + FRAME_SHARE * self.of_frames.loss(seen, targets)


def output_loss(outputs: Tensor, targets: Targets) -> Tensor:
    """outputs : (N, C), columns named by READ_NAMES"""
    task, instruments, gesture, phase = torch.split(outputs, [len(group.labels) for group in READ_GROUPS], dim=-1)
    loss = _cross_entropy(gesture, targets.gesture) + TASK_SHARE * _cross_entropy(task, targets.task)
    loss = loss + INSTRUMENT_SHARE * F.binary_cross_entropy_with_logits(instruments, targets.instruments)
    has_phase = targets.phase != UNKNOWN
    return loss + PHASE_SHARE * _cross_entropy(phase[has_phase], targets.phase[has_phase]) if has_phase.any() else loss


def fit_simulator(
    videos: Sequence[SampledVideo], options: SimulatorFitOptions, on_progress: ProgressCallback = ignore_progress
) -> tuple[PatchProjection, SequenceReader]:
    """Progress counts steps."""
    torch.manual_seed(options.seed)
    components = Components.of(videos, seed=options.seed)
    seen = [components.read(video) for video in videos]
    backgrounds = torch.stack([of_video.float().mean(dim=0, keepdim=True) for of_video in seen])
    targets = [targets_of(video) for video in videos]
    pupil = Pupil().train()
    optimiser = torch.optim.AdamW(pupil.parameters(), lr=options.peak_rate, weight_decay=options.weight_decay)
    rate = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, options.peak_rate, total_steps=options.num_steps, pct_start=WARM_UP_SHARE
    )
    for step, (chosen, windows) in enumerate(_windows([len(of_video) for of_video in seen], options), start=1):
        places = list(zip(chosen, windows, strict=True))
        batch = torch.stack([seen[index][window].float() for index, window in places])
        truth = joined([targets[index].at(window) for index, window in places])
        optimiser.zero_grad()
        pupil.loss(*_noisy(batch, backgrounds[chosen], options.noise), truth).backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        rate.step()
        on_progress(Progress(done=step, total=options.num_steps, unit="steps"))
    return components.folded(pupil.narrow.weight), pupil.reader


def _noisy(batch: Tensor, background: Tensor, noise: float) -> tuple[Tensor, Tensor]:
    """A video's own noise moves its background along."""
    own = noise * torch.randn_like(background)
    return batch + own + noise * torch.randn_like(batch), background + own


def _windows(lengths: list[int], options: SimulatorFitOptions) -> Iterator[tuple[NDArray[np.int64], list[slice]]]:
    """Which videos, and which frames of each: the same number for all of a step."""
    random = np.random.default_rng(options.seed)
    shares = np.array(lengths) / sum(lengths)
    for _ in range(options.num_steps):
        chosen = random.choice(len(lengths), options.videos_per_step, replace=False, p=shares)
        length = int(random.integers(WINDOW_FRAMES[0], WINDOW_FRAMES[1] + 1))
        firsts = [int(random.integers(lengths[index] - length + 1)) for index in chosen]
        yield chosen, [slice(first, first + length) for first in firsts]


def _cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    return F.cross_entropy(logits, labels, label_smoothing=LABEL_SMOOTHING)
