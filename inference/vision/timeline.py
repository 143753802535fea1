"""The timeline of a video: which phase, instruments, actions and anatomy were seen when, and how surely.

The tower's frame logits in the feature store are smoothed over time, turned into calibrated probabilities (fitted on
surgeries the tower had not seen) and cut into segments. Segments are the facts that answers are checked against.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from inference.errors import FeaturesStale, ModelMismatch
from inference.evidence.fact import Fact
from inference.evidence.kinds import VideoKind
from inference.models.artifact import open_artifact
from inference.vision.artifacts import CALIBRATION_CHARS
from inference.vision.cutting import SEGMENT_OFF, SEGMENT_ON, Probabilities, each_by_itself, one_at_a_time, stretch
from inference.vision.eyes.eyes import Eyes
from inference.vision.eyes.read_video import read_video
from inference.vision.outputs import (
    BODY,
    EXCLUSIVE_GROUPS,
    INSTRUMENT,
    PHASE,
    SCENE,
    SIMULATED_GESTURE,
    SIMULATED_INSTRUMENT,
    SIMULATED_PHASE,
    SIMULATED_TASK,
    SIMULATOR_ROWS,
    TARGET,
    TIMELINE_GESTURE,
    VERB,
    OutputGroup,
    columns_of,
)
from inference.vision.phase_order import is_whole_operation, position_evidence
from inference.vision.simulated.heads import READ_NAMES, SimulatorHeads
from inference.vision.smoothing import Values, forward_backward, gaussian_smooth, keep_with_hysteresis
from inference.vision.store import FeatureStore

SMALLEST_POSTERIOR = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseSettings:
    """`temperature` divides the evidence before decoding, since neighbouring frames say the same thing twice;
    `confidence` is the power that turns decoded posteriors into calibrated ones without changing the likeliest."""

    temperature: float
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineHeads:
    """How logits become probabilities: settings fitted by `python -m inference.train tower`.

    `platt` : "lane/label" -> (slope, offset) of each yes/no output · `shown` : outputs good enough on held-out
    surgeries to be shown · `phase` is for whole operations, `clip_phase` for recordings that lie anywhere in one ·
    `phase_rates_per_s` : how often a phase turns into another · `phase_positions` : which phase to expect at each share
    of a whole operation.
    """

    encoder_id: str
    smoothing_s: Mapping[str, float]
    platt: Mapping[str, tuple[float, float]]
    phase: PhaseSettings
    clip_phase: PhaseSettings
    phase_rates_per_s: tuple[tuple[float, ...], ...]
    phase_positions: tuple[tuple[float, ...], ...]
    shown: tuple[str, ...]
    # Of the file it was read from; empty for what was just fitted.
    calibration_id: str = ""

    @classmethod
    def load(cls, path: Path) -> "TimelineHeads":
        """Raises ModelMissing without its manifest, ModelError if it is not the file that was measured."""
        open_artifact(path, kind="timeline_heads")
        content = path.read_bytes()
        fields: dict[str, Any] = json.loads(content)
        return cls(
            encoder_id=fields["encoder_id"],
            smoothing_s=fields["smoothing_s"],
            platt={name: (slope, offset) for name, (slope, offset) in fields["platt"].items()},
            phase=PhaseSettings(**fields["phase"]),
            clip_phase=PhaseSettings(**fields["clip_phase"]),
            phase_rates_per_s=tuple(tuple(row) for row in fields["phase_rates_per_s"]),
            phase_positions=tuple(tuple(row) for row in fields["phase_positions"]),
            shown=tuple(fields["shown"]),
            calibration_id=hashlib.sha256(content).hexdigest()[:CALIBRATION_CHARS],
        )

    def require_match(self, *, encoder_id: str, output_names: tuple[str, ...]) -> None:
        """Raises ModelMismatch if this was fitted for another tower, or does not know all that the tower says."""
        if self.encoder_id != encoder_id:
            raise ModelMismatch(
                f"The calibration of the timeline was fitted for the tower {self.encoder_id}, and this server has "
                f"{encoder_id}. Ask the team to install a pair that belongs together."
            )
        unknown = [name for name in _of_the_tower(output_names) if not self.knows(name)]
        if unknown:
            raise ModelMismatch(
                f"The tower has outputs that the calibration of the timeline does not know ({', '.join(unknown[:3])}). "
                "Ask the team to install a pair that belongs together."
            )

    def knows(self, name: str) -> bool:
        return name in self.platt or name.startswith(f"{PHASE.name}/")


def find_timeline(
    store: FeatureStore,
    heads: TimelineHeads | None,
    simulator: SimulatorHeads | None = None,
    *,
    eyes: Eyes | None = None,
) -> list[Fact]:
    """Segments of every lane the heads know, by lane and time. Empty without trained heads.

    The kind of video is told first: each has watchers of its own. `eyes` tell it and look at operations; without them
    the tower's own heads do. `simulator`, where there is one, reads box-trainer videos. Raises FeaturesStale if the
    store holds outputs that these heads do not know.
    """
    if eyes is not None:
        return _by_time(_seen_by_eyes(store, eyes, simulator))
    logits = store.frame_logits()
    if heads is None or logits is None:
        return []
    names = _of_the_tower(store.output_names)
    if not all(heads.knows(name) for name in names):
        raise FeaturesStale("the stored outputs were made by other heads")
    timestamps_s = (np.arange(store.num_frames) * store.interval_s).astype(np.float64)
    values = frame_probabilities(logits[:, : len(names)].double().numpy(), timestamps_s, names=names, heads=heads)
    probabilities = dict(zip(names, values.T, strict=True))
    return _by_time(_segments(probabilities, store, heads, simulator))


def _by_time(facts: Iterable[Fact]) -> list[Fact]:
    return sorted(facts, key=lambda fact: (fact.lane, fact.start_s, fact.label))


def _seen_by_eyes(store: FeatureStore, eyes: Eyes, simulator: SimulatorHeads | None) -> Iterator[Fact]:
    seen = read_video(store, eyes)
    yield from seen.facts()
    if seen.kind is VideoKind.BOX_TRAINER and simulator is not None:
        yield from _simulator_segments(simulator.read(store), READ_NAMES, store.interval_s, gestures=TIMELINE_GESTURE)


def _of_the_tower(output_names: tuple[str, ...]) -> tuple[str, ...]:
    """Without the simulator's rows, which are no outputs."""
    return tuple(name for name in output_names if not name.startswith(f"{SIMULATOR_ROWS}/"))


def _segments(
    probabilities: Probabilities, store: FeatureStore, heads: TimelineHeads, simulator: SimulatorHeads | None
) -> Iterator[Fact]:
    if probabilities[f"{SCENE.name}/simulator"].mean() < SEGMENT_ON:
        return operation_segments(probabilities, heads.shown, store.interval_s)
    if simulator is None:
        return _simulator_segments(probabilities, heads.shown, store.interval_s, gestures=SIMULATED_GESTURE)
    return _simulator_segments(simulator.read(store), READ_NAMES, store.interval_s, gestures=TIMELINE_GESTURE)


def frame_probabilities(
    logits: Values, timestamps_s: Values, *, names: tuple[str, ...], heads: TimelineHeads
) -> Values:
    """logits : (T, C) · returns : (T, C), calibrated; the columns of an exclusive group sum to 1 at most."""
    probabilities = np.empty_like(logits)
    for group in dict.fromkeys(name.rpartition("/")[0] for name in names):
        columns = columns_of(group, names)
        if group == PHASE.name:
            probabilities[:, columns] = phase_probabilities(logits[:, columns], timestamps_s, heads=heads)
            continue
        smoothed = gaussian_smooth(logits[:, columns], timestamps_s, heads.smoothing_s[group])
        slope, offset = np.array([heads.platt[names[column]] for column in columns]).T
        said = 1 / (1 + np.exp(-(slope * smoothed + offset)))
        if group in EXCLUSIVE_GROUPS:
            said = said / np.maximum(1.0, said.sum(axis=1, keepdims=True))
        probabilities[:, columns] = said
    return probabilities


def phase_probabilities(logits: Values, timestamps_s: Values, *, heads: TimelineHeads) -> Values:
    """Smoothed, set against where in an operation each is usual, run through their usual order: (T, S)."""
    evidence = gaussian_smooth(logits, timestamps_s, heads.smoothing_s[PHASE.name])
    rates_per_s = np.array(heads.phase_rates_per_s)
    if not is_whole_operation(timestamps_s):
        return decode_phases(evidence, timestamps_s, rates_per_s=rates_per_s, settings=heads.clip_phase)
    evidence = evidence + position_evidence(timestamps_s, np.array(heads.phase_positions))
    return decode_phases(evidence, timestamps_s, rates_per_s=rates_per_s, settings=heads.phase)


def decode_phases(evidence: Values, timestamps_s: Values, *, rates_per_s: Values, settings: PhaseSettings) -> Values:
    """evidence : (T, S), log-likelihoods · returns : (T, S), calibrated posteriors, rows sum to 1."""
    posterior = forward_backward(evidence / settings.temperature, timestamps_s, rates_per_s)
    return sharpened(posterior, settings.confidence)


def sharpened(posterior: Values, power: float) -> Values:
    """Rows raised to a power and made to sum to 1 again."""
    raised = np.maximum(posterior, SMALLEST_POSTERIOR) ** power
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def operation_segments(probabilities: Probabilities, shown: tuple[str, ...], interval_s: float) -> Iterator[Fact]:
    """Nothing else is claimed while the camera is outside the body."""
    outside = keep_with_hysteresis(probabilities["body/outside"], on=SEGMENT_ON, off=SEGMENT_OFF)
    inside = {name: np.where(outside, 0.0, column) for name, column in probabilities.items()}
    yield from each_by_itself(BODY, BODY.name, probabilities, shown, interval_s)
    yield from one_at_a_time(PHASE, PHASE.name, inside, shown, interval_s)
    for group in (INSTRUMENT, VERB, TARGET):
        yield from each_by_itself(group, group.name, inside, shown, interval_s)


def _simulator_segments(
    probabilities: Probabilities, shown: tuple[str, ...], interval_s: float, *, gestures: OutputGroup
) -> Iterator[Fact]:
    """The exercise stands in the phase lane, gestures in the lane of actions."""
    means = {name: float(probabilities[name].mean()) for name in SIMULATED_TASK.output_names}
    task = max(means, key=lambda name: means[name])
    if task.endswith("/organ"):
        yield from one_at_a_time(SIMULATED_PHASE, PHASE.name, probabilities, shown, interval_s)
    else:
        num_frames = len(probabilities[task])
        label = task.rpartition("/")[2]
        yield stretch(PHASE.name, label, probabilities[task], (0, num_frames), interval_s)
    yield from each_by_itself(SIMULATED_INSTRUMENT, INSTRUMENT.name, probabilities, shown, interval_s)
    yield from one_at_a_time(gestures, VERB.name, probabilities, shown, interval_s)
