"""One thing that several lanes tell of: a structure in view and worked on, a bag as an instrument and as a target."""

from functools import cache

from inference.evidence.lanes import Key
from inference.evidence.ontology import ROWS, find

IN_VIEW_LANE, WORK_LANE = "anatomy", "target"


@cache
def named(key: Key) -> Key:
    """The key by which people name it: of a structure in view, the structure; of a bag worked on, the bag."""
    lane, label = key
    if lane == IN_VIEW_LANE and find(WORK_LANE, label) is not None:
        return WORK_LANE, label
    if lane == WORK_LANE and find("instrument", label) is not None:
        return "instrument", label
    return key


@cache
def told_by(key: Key) -> tuple[Key, ...]:
    """The keys that tell of it, itself first."""
    return key, *(row.key for row in ROWS if row.key != key and named(row.key) == key)
