"""Lanes of a timeline: what kind of thing a label is."""

from dataclasses import dataclass

Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """`is_exclusive`: one label at a time can be true. `is_shown`: it can stand on a timeline."""

    name: str
    is_exclusive: bool = False
    is_shown: bool = True


LANES = (
    Lane(name="phase", is_exclusive=True),
    Lane(name="instrument"),
    Lane(name="verb"),
    Lane(name="target"),
    Lane(name="anatomy"),
    Lane(name="body"),
    # What was read off the screen: a stranger's words, and nobody's label.
    Lane(name="text"),
    Lane(name="critical_view"),
    Lane(name="finding"),
    Lane(name="kind", is_exclusive=True),
    # Whether the pictures follow one another as an operation's do.
    Lane(name="course"),
    Lane(name="scene", is_shown=False),
)
EXCLUSIVE_LANES = frozenset(lane.name for lane in LANES if lane.is_exclusive)
KIND_LANE, BODY_LANE, PHASE_LANE, COURSE_LANE = "kind", "body", "phase", "course"
# What is written on the screen is a stranger's text: no evidence, and never part of a prompt.
TEXT_LANE = "text"
