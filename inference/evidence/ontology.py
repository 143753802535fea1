"""Lanes and labels in one place: how each is called by detectors, by answers and by people, and who watches it.

A new label is one row in `inference/evidence/labels/`; a new detector one row in `detectors.py`. What the web shows of
it stands once on its side (webapp/lib/labels.py), and a test compares the two.
"""

from collections.abc import Iterable
from functools import cache

from inference.evidence.detectors import DETECTORS, detector_named
from inference.evidence.labels.actions import ACTIONS, GESTURES
from inference.evidence.labels.anatomy import IN_VIEW, TARGETS, UNWATCHED_ANATOMY
from inference.evidence.labels.findings import BODY, COURSE, CRITERIA, FINDINGS, KINDS, SCENE
from inference.evidence.labels.instruments import INSTRUMENTS, UNWATCHED_INSTRUMENTS
from inference.evidence.labels.label import Label, plain
from inference.evidence.labels.phases import EXERCISES, PHASES
from inference.evidence.lanes import LANES, Key

ROWS: tuple[Label, ...] = (
    *PHASES,
    *EXERCISES,
    *INSTRUMENTS,
    *UNWATCHED_INSTRUMENTS,
    *ACTIONS,
    *GESTURES,
    *TARGETS,
    *UNWATCHED_ANATOMY,
    *IN_VIEW,
    *FINDINGS,
    *CRITERIA,
    *BODY,
    *KINDS,
    *COURSE,
    *SCENE,
)


@cache
def by_key() -> dict[Key, Label]:
    return {row.key: row for row in ROWS}


def find(lane: str, label: str) -> Label | None:
    """None for a label that is none of ours: an old timeline's, or a word read off the screen."""
    return by_key().get((lane, label))


def spoken(lane: str, label: str) -> str:
    """How a label is said; an unknown one as it is written, with spaces."""
    known = find(lane, label)
    return known.spoken if known is not None else plain(label)


def in_lane(lane: str, *, watched_by: str = "") -> tuple[str, ...]:
    """Names of a lane's labels that can be said, in order of the rows: all, or those of one detector."""
    rows = (row for row in ROWS if row.lane == lane and row.is_said)
    return tuple(row.name for row in rows if not watched_by or watched_by in row.columns)


def columns(detector: str) -> tuple[str, ...]:
    """Names of a detector's labels in the order of its outputs. Raises KeyError for an unknown detector."""
    own = [row for row in ROWS if detector_named(detector).name in row.columns]
    return tuple(row.name for row in sorted(own, key=lambda row: row.columns[detector]))


def key_of_output(name: str) -> Key:
    """ "simulator/gesture/reach" -> ("verb", "reach"): where an output stands on a timeline.

    Raises KeyError for an output of no known detector.
    """
    group, _, label = name.rpartition("/")
    return detector_named(group).lane, label


def watchers(lane: str, label: str) -> tuple[str, ...]:
    """Names of the detectors that can see a label; empty for one that nobody watches."""
    known = find(lane, label)
    return tuple(known.columns) if known is not None else ()


def shown_labels() -> dict[str, dict[str, str]]:
    """By lane, what can stand on a timeline: label -> words."""
    found: dict[str, dict[str, str]] = {lane.name: {} for lane in LANES if lane.is_shown}
    for row in ROWS:
        if row.columns and row.is_said and row.lane in found:
            found[row.lane][row.name] = row.spoken
    return found


def problems(rows: Iterable[Label] = ROWS) -> list[str]:
    """What is wrong with the table, one line each: a row twice, an unknown lane, columns with gaps."""
    rows, lanes = tuple(rows), {lane.name for lane in LANES}
    found = [f"{row.key} has an unknown lane" for row in rows if row.lane not in lanes]
    keys = [row.key for row in rows]
    found += [f"{key} stands twice" for key in sorted({key for key in keys if keys.count(key) > 1})]
    names = {detector.name: detector.lane for detector in DETECTORS}
    found += [
        f"{row.key}: {name} speaks in another lane"
        for row in rows
        for name in row.columns
        if names.get(name) != row.lane
    ]
    for name in names:
        places = sorted(row.columns[name] for row in rows if name in row.columns)
        if places != list(range(len(places))):
            found.append(f"{name} has columns {places}")
    return found
