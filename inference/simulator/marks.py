"""What happens in a procedure, at the instant it happens."""

from dataclasses import dataclass
from typing import Any

from inference.simulator.spec import Hand


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened at one instant, e.g. a drop."""

    type: str
    timestamp_s: float
    hand: Hand | None = None
    object: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A change of the scene that stays, e.g. one more stitch; `value` is for the task's own scene."""

    name: str
    timestamp_s: float
    value: Any
