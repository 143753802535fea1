"""A few seconds of labelled video: what CholecT50's rows or the simulator's truth say of them."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inference.datasets.cholect50 import INSTRUMENT_COLUMN, PHASE_COLUMN, TARGET_COLUMN, VERB_COLUMN, label_of
from inference.errors import MediaRejected
from inference.simulator.truth_file import TRUTH_FORMAT

Triplet = tuple[str, str, str]
SIMULATOR_WINDOW_S, CHOLECT50_WINDOW_S = 8, 24
MIN_FRAMES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """`phase` is the one most frames carry, `next_phase` the one that really follows, if the video shows it."""

    video_id: str
    task: str
    start_s: float
    end_s: float
    phase: str
    next_phase: str = ""
    instruments: tuple[str, ...] = ()
    triplets: tuple[Triplet, ...] = ()
    gestures: tuple[str, ...] = ()
    events: tuple[str, ...] = ()


def simulator_windows(truth: Mapping[str, Any], *, window_s: float = SIMULATOR_WINDOW_S) -> Iterator[Window]:
    """Windows of a truth.json; raises MediaRejected for another kind of file."""
    if truth.get("format") != TRUTH_FORMAT:
        raise MediaRejected("not_a_truth_file", "This is not a simulator's truth file.")
    phases = [span["label"] for span in truth["phases"]]
    video_id = f"simulator-{truth['task']}-{truth['seed']}-{truth['skill']}"
    for start, frames in _grouped(truth["frames"], window_s):
        phase = Counter(frame["phase"] for frame in frames).most_common(1)[0][0]
        end_s = min(start + window_s, truth["duration_s"])
        happened = [event["type"] for event in truth["events"] if start <= event["timestamp_s"] < end_s]
        yield Window(
            video_id=video_id,
            task=truth["task"],
            start_s=start,
            end_s=end_s,
            phase=phase,
            next_phase=_following(phases, phase),
            instruments=_often(name for frame in frames for name in frame["instruments"]),
            triplets=_often(tuple(triplet) for frame in frames for triplet in frame["triplets"]),
            gestures=_often(frame["gesture"] for frame in frames),
            events=tuple(dict.fromkeys(happened)),
        )


def cholect50_windows(label_file: Path, *, window_s: float = CHOLECT50_WINDOW_S) -> Iterator[Window]:
    """Windows of one labelled operation."""
    labels = json.loads(label_file.read_text(encoding="utf-8"))
    names: dict[str, dict[str, str]] = labels["categories"]
    frames = [{"timestamp_s": int(second), "rows": rows} for second, rows in labels["annotations"].items() if rows]
    phases = [_phase(frame["rows"][0], names, label_file) for frame in sorted(frames, key=_time)]
    order = list(dict.fromkeys(phase for phase in phases if phase))
    for start, group in _grouped(sorted(frames, key=_time), window_s):
        rows = [row for frame in group for row in frame["rows"]]
        phase = Counter(_phase(row, names, label_file) for row in rows).most_common(1)[0][0]
        triplets = [_named(row, names) for row in rows if row[INSTRUMENT_COLUMN] >= 0]
        yield Window(
            video_id=f"cholect50-{label_file.stem}",
            task="cholecystectomy",
            start_s=start,
            end_s=start + window_s,
            phase=phase,
            next_phase=_following(order, phase),
            instruments=_often(triplet[0] for triplet in triplets),
            triplets=_often(triplet for triplet in triplets if "null" not in f"{triplet[1]}{triplet[2]}"),
        )


def _phase(row: Sequence[Any], names: Mapping[str, Mapping[str, str]], label_file: Path) -> str:
    """Empty where nobody knows the phase."""
    return label_of(row, PHASE_COLUMN, names["phase"], where=label_file.name) or ""


def _named(row: list[float], names: dict[str, dict[str, str]]) -> Triplet:
    instrument, verb, target = (str(int(row[column])) for column in (INSTRUMENT_COLUMN, VERB_COLUMN, TARGET_COLUMN))
    return (
        names["instrument"].get(instrument, "instrument"),
        names["verb"].get(verb, "null_verb"),
        names["target"].get(target, "null_target"),
    )


def _time(frame: Mapping[str, Any]) -> float:
    return float(frame["timestamp_s"])


def _grouped(frames: list[Any], window_s: float) -> Iterator[tuple[float, list[Any]]]:
    groups: dict[float, list[Any]] = {}
    for frame in frames:
        groups.setdefault(_time(frame) // window_s * window_s, []).append(frame)
    return ((start, group) for start, group in sorted(groups.items()) if len(group) >= MIN_FRAMES)


def _often(values: Iterator[Any]) -> tuple[Any, ...]:
    """The distinct values, most frequent first; ties by name, so that runs agree."""
    counted = Counter(values)
    return tuple(sorted(counted, key=lambda value: (-counted[value], value)))


def _following(order: list[str], phase: str) -> str:
    index = order.index(phase) if phase in order else len(order)
    return order[index + 1] if index + 1 < len(order) else ""
