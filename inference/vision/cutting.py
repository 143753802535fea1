"""Where a probability over time becomes a fact: stretches in which a label holds, without flicker."""

from collections.abc import Iterator, Mapping

import numpy as np

from inference.evidence.fact import Fact
from inference.vision.outputs import OutputGroup
from inference.vision.smoothing import Values, keep_with_hysteresis, runs_of

SEGMENT_ON = 0.5
SEGMENT_OFF = 0.35
MIN_SEGMENT_S = 2.0
# Of phases, tasks and gestures the likeliest is shown; below this it is a guess, and nothing is shown.
MIN_WINNER = 0.4

# By output's name, "group/label", one value a frame.
Probabilities = Mapping[str, Values]


def one_at_a_time(
    group: OutputGroup, lane: str, probabilities: Probabilities, shown: tuple[str, ...], interval_s: float
) -> Iterator[Fact]:
    """One label at a time: the likeliest, where any is likely at all."""
    columns = np.stack([probabilities[name] for name in group.output_names], axis=1)
    winners = np.where(columns.max(axis=1) >= MIN_WINNER, columns.argmax(axis=1), -1)
    for index, name in enumerate(group.output_names):
        for run in runs_of(winners == index):
            if name in shown:
                yield stretch(lane, group.labels[index], columns[:, index], run, interval_s)


def each_by_itself(
    group: OutputGroup, lane: str, probabilities: Probabilities, shown: tuple[str, ...], interval_s: float
) -> Iterator[Fact]:
    for label, name in zip(group.labels, group.output_names, strict=True):
        if name not in shown:
            continue
        column = probabilities[name]
        shortest_s = min(MIN_SEGMENT_S, len(column) * interval_s)
        for first, last in runs_of(keep_with_hysteresis(column, on=SEGMENT_ON, off=SEGMENT_OFF)):
            if (last - first) * interval_s >= shortest_s:
                yield stretch(lane, label, column, (first, last), interval_s)


def stretch(lane: str, label: str, probability: Values, run: tuple[int, int], interval_s: float) -> Fact:
    first, last = run
    return Fact(
        lane=lane,
        label=label,
        start_s=first * interval_s,
        end_s=last * interval_s,
        probability=round(float(probability[first:last].mean()), 4),
    )
