"""How well simulated videos are read, and how well simpler answers would do."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from inference.simulator.spec import TASKS, Task
from inference.vision.evaluation.metrics import Values, accuracy, macro_f1, mean_average_precision
from inference.vision.heads import Heads
from inference.vision.outputs import (
    SIMULATED_GESTURE,
    SIMULATED_INSTRUMENT,
    SIMULATED_PHASE,
    SIMULATED_TASK,
    TIMELINE_GESTURE,
    OutputGroup,
    columns_of,
)
from inference.vision.simulated.heads import READ_NAMES, SimulatorHeads
from inference.vision.training.sampled_video import SampledVideo
from inference.vision.training.simulator_targets import UNKNOWN, Targets, joined, targets_of

Figures = dict[str, float]
Labels = NDArray[np.int64]
# A video is cut into so many equal parts to ask what is usual in each.
NUM_POSITIONS = 20
EXCLUSIVE = {"task": SIMULATED_TASK, "gesture": TIMELINE_GESTURE, "phase": SIMULATED_PHASE}


def rows_of(heads: SimulatorHeads, video: SampledVideo) -> torch.Tensor:
    """returns : (T, 784), float16: what a feature store would keep"""
    return heads.rows(torch.from_numpy(np.array(video.patches)).float()).half()


def tower_logits_of(heads: Heads, video: SampledVideo) -> Values:
    """The tower's own outputs, each frame by itself, in the columns of READ_NAMES; what it lacks is never said."""
    with torch.inference_mode():
        said = heads(torch.from_numpy(np.array(video.patches)).float()).double().numpy()
    logits = np.full((len(said), len(READ_NAMES)), -np.inf)
    for group in (SIMULATED_TASK, SIMULATED_INSTRUMENT, SIMULATED_GESTURE, SIMULATED_PHASE):
        own = [READ_NAMES.index(name) for name in group.output_names]
        logits[:, own] = said[:, columns_of(group.name, heads.output_names)]
    return logits


def figures(logits: Sequence[Values], videos: Sequence[SampledVideo]) -> Figures:
    """logits : (T, C) of each video. Over all frames, and each task's gesture accuracy."""
    said, truth = np.concatenate(logits), joined([targets_of(video) for video in videos])
    instruments = said[:, columns_of(SIMULATED_INSTRUMENT.name, READ_NAMES)]
    found: Figures = {"instrument_map": mean_average_precision(truth.instruments.numpy() > 0.5, instruments)}
    for field, group in EXCLUSIVE.items():
        labels, guess = _known(getattr(truth, field).numpy(), _guess(said, group))
        found[f"{field}_accuracy"] = accuracy(labels, guess)
        found[f"{field}_macro_f1"] = macro_f1(labels, guess)
    guess = _guess(said, TIMELINE_GESTURE)
    for index, task in enumerate(TASKS):
        own = truth.task.numpy() == index
        found[f"gesture_accuracy_{task}"] = accuracy(truth.gesture.numpy()[own], guess[own])
    return found


def majority_logits(train: Sequence[SampledVideo], videos: Sequence[SampledVideo]) -> list[Values]:
    """What is commonest in training videos of any exercise, each label as likely as it was there."""
    shares = _shares(joined([targets_of(video) for video in train]))
    return [np.tile(shares, (len(video.truths), 1)) for video in videos]


def position_logits(train: Sequence[SampledVideo], videos: Sequence[SampledVideo]) -> list[Values]:
    """What is commonest at this share of a video, the exercise being known: no picture is looked at."""
    usual = {task: _usual(task, train) for task in TASKS}
    return [usual[video.task][_positions(len(video.truths))] for video in videos]


def commonest_confusions(logits: Sequence[Values], videos: Sequence[SampledVideo], *, count: int = 12) -> list[str]:
    """Of gestures: "truth for guess" with its number of frames."""
    truth = joined([targets_of(video) for video in videos]).gesture.numpy()
    guess = _guess(np.concatenate(logits), TIMELINE_GESTURE)
    label = TIMELINE_GESTURE.labels
    pairs = zip(truth, guess, strict=True)
    wrong = Counter(f"{label[own]} read as {label[said]}" for own, said in pairs if own != said)
    return [f"{what}: {number}" for what, number in wrong.most_common(count)]


def _usual(task: Task, train: Sequence[SampledVideo]) -> Values:
    """returns : (NUM_POSITIONS, C)"""
    own = [video for video in train if video.task == task]
    targets = joined([targets_of(video) for video in own])
    places = np.concatenate([_positions(len(video.truths)) for video in own])
    return np.stack([_shares(targets.at(np.flatnonzero(places == place))) for place in range(NUM_POSITIONS)])


def _positions(num_frames: int) -> Labels:
    return np.arange(num_frames) * NUM_POSITIONS // num_frames


def _shares(targets: Targets) -> Values:
    """returns : (C,)"""
    shares = np.zeros(len(READ_NAMES))
    shares[columns_of(SIMULATED_INSTRUMENT.name, READ_NAMES)] = targets.instruments.double().mean(dim=0).numpy()
    for field, group in EXCLUSIVE.items():
        labels = getattr(targets, field).numpy()
        counts = np.bincount(labels[labels != UNKNOWN], minlength=len(group.labels))
        shares[columns_of(group.name, READ_NAMES)] = counts / max(1, counts.sum())
    return shares


def _guess(logits: Values, group: OutputGroup) -> Labels:
    return np.asarray(logits[:, columns_of(group.name, READ_NAMES)].argmax(axis=1))


def _known(labels: Labels, guess: Labels) -> tuple[Labels, Labels]:
    known = labels != UNKNOWN
    return labels[known], guess[known]
