"""The timeline of a video: which phase, instruments, actions and anatomy were seen when, and how surely.

The tower's frame logits in the feature store are smoothed over time, turned into calibrated probabilities (fitted on
surgeries the tower had not seen) and cut into segments. Segments are the facts that answers are checked against.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from inference.vision.smoothing import Values, forward_backward, gaussian_smooth, keep_with_hysteresis, runs_of
from inference.vision.store import FeatureStore

PHASE_LANE = "phase"
SEGMENT_ON = 0.5
SEGMENT_OFF = 0.35
MIN_SEGMENT_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """In [start_s, end_s] `label` was seen in `lane`; `probability` is the mean over the segment's frames."""

    lane: str
    label: str
    start_s: float
    end_s: float
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineHeads:
    """How logits become probabilities: settings fitted by `python -m inference.vision.train`.

    `platt` : "lane/label" -> (slope, offset) of each yes/no output · `shown` : outputs good enough on held-out
    surgeries to be shown · `phase_rates_per_s` : how often a phase turns into another.
    """

    encoder_id: str
    smoothing_s: Mapping[str, float]
    platt: Mapping[str, tuple[float, float]]
    phase_temperature: float
    phase_rates_per_s: tuple[tuple[float, ...], ...]
    shown: tuple[str, ...]

    @classmethod
    def load(cls, path: Path) -> "TimelineHeads":
        fields: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            encoder_id=fields["encoder_id"],
            smoothing_s=fields["smoothing_s"],
            platt={name: (slope, offset) for name, (slope, offset) in fields["platt"].items()},
            phase_temperature=fields["phase_temperature"],
            phase_rates_per_s=tuple(tuple(row) for row in fields["phase_rates_per_s"]),
            shown=tuple(fields["shown"]),
        )


def find_timeline(store: FeatureStore, heads: TimelineHeads | None) -> list[Segment]:
    """Segments of every lane the heads know, by lane and time. Empty without trained heads."""
    logits = store.frame_logits()
    if heads is None or logits is None:
        return []
    timestamps_s = np.arange(store.num_frames) * store.interval_s
    probabilities = frame_probabilities(
        logits.numpy().astype(np.float64), timestamps_s, names=store.output_names, heads=heads
    )
    segments: list[Segment] = []
    for lane in dict.fromkeys(name.split("/")[0] for name in store.output_names):
        columns = [index for index, name in enumerate(store.output_names) if name.startswith(f"{lane}/")]
        labels = [store.output_names[index].split("/", 1)[1] for index in columns]
        cut = _exclusive_segments if lane == PHASE_LANE else _independent_segments
        found = cut(lane, labels, probabilities[:, columns], store.interval_s)
        segments.extend(segment for segment in found if f"{lane}/{segment.label}" in heads.shown)
    return sorted(segments, key=lambda segment: (segment.lane, segment.start_s, segment.label))


def frame_probabilities(
    logits: Values, timestamps_s: Values, *, names: tuple[str, ...], heads: TimelineHeads
) -> Values:
    """logits : (T, C) · returns : (T, C), calibrated; the phase columns of a row sum to 1."""
    probabilities = np.empty_like(logits)
    phases = [index for index, name in enumerate(names) if name.startswith(f"{PHASE_LANE}/")]
    if phases:
        probabilities[:, phases] = phase_probabilities(logits[:, phases], timestamps_s, heads=heads)
    for index, name in enumerate(names):
        if index in phases:
            continue
        sigma_s = heads.smoothing_s[name.split("/")[0]]
        slope, offset = heads.platt[name]
        smoothed = gaussian_smooth(logits[:, [index]], timestamps_s, sigma_s)[:, 0]
        probabilities[:, index] = 1 / (1 + np.exp(-(slope * smoothed + offset)))
    return probabilities


def phase_probabilities(logits: Values, timestamps_s: Values, *, heads: TimelineHeads) -> Values:
    """Smoothed, then run through the phases' usual order: (T, S), rows sum to 1."""
    smoothed = gaussian_smooth(logits, timestamps_s, heads.smoothing_s[PHASE_LANE]) / heads.phase_temperature
    return forward_backward(smoothed, timestamps_s, np.array(heads.phase_rates_per_s))


def _exclusive_segments(lane: str, labels: list[str], probabilities: Values, interval_s: float) -> Iterator[Segment]:
    """One label at a time: the likeliest."""
    winners = probabilities.argmax(axis=1)
    for index, label in enumerate(labels):
        for first, last in runs_of(winners == index):
            yield _segment(lane, label, probabilities[:, index], (first, last), interval_s)


def _independent_segments(lane: str, labels: list[str], probabilities: Values, interval_s: float) -> Iterator[Segment]:
    for index, label in enumerate(labels):
        mask = keep_with_hysteresis(probabilities[:, index], on=SEGMENT_ON, off=SEGMENT_OFF)
        for first, last in runs_of(mask):
            if (last - first) * interval_s >= min(MIN_SEGMENT_S, len(mask) * interval_s):
                yield _segment(lane, label, probabilities[:, index], (first, last), interval_s)


def _segment(lane: str, label: str, probability: Values, run: tuple[int, int], interval_s: float) -> Segment:
    first, last = run
    return Segment(
        lane=lane,
        label=label,
        start_s=first * interval_s,
        end_s=last * interval_s,
        probability=round(float(probability[first:last].mean()), 4),
    )
