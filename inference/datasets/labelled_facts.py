"""What surgeons labelled, as the facts that a faultless watcher would have told."""

from collections.abc import Sequence

from inference.datasets.cholect50 import MAX_GAP_S, LabelledVideo
from inference.evidence.fact import Fact


def labelled_facts(video: LabelledVideo, first: int, last: int) -> list[Fact]:
    """Frames [first, last) as facts, times relative to the first of them. Gaps in the labels break them."""
    facts: list[Fact] = []
    for lane, per_frame in video.labels.items():
        for label in sorted(frozenset().union(*per_frame[first:last])):
            runs = _runs(video.seconds, [label in per_frame[index] for index in range(first, last)], first)
            facts += [_fact(video.seconds, lane, label, run, first) for run in runs]
    return facts


def _runs(seconds: Sequence[int], holds: Sequence[bool], first: int) -> list[list[int]]:
    runs: list[list[int]] = []
    for index, held in enumerate(holds, start=first):
        if not held:
            continue
        if runs and runs[-1][-1] == index - 1 and seconds[index] - seconds[index - 1] <= MAX_GAP_S:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs


def _fact(seconds: Sequence[int], lane: str, label: str, run: Sequence[int], first: int) -> Fact:
    origin_s = seconds[first]
    return Fact(
        lane=lane,
        label=label,
        start_s=float(seconds[run[0]] - origin_s),
        end_s=float(seconds[run[-1]] - origin_s + 1),
        probability=1.0,
    )
