"""A claim with what the timeline says of it."""

from dataclasses import dataclass
from typing import Literal

from inference.evidence.fact import Fact

Verdict = Literal["supported", "not_verified", "contradicted"]
# What "always" needs of the seconds cited for it, and what a watcher must have looked at before its silence is a "no".
NEARLY_ALL = 0.9
# Frames lie a second apart.
EDGE_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedClaim:
    index: int
    text: str
    start_s: float | None
    end_s: float | None
    verdict: Verdict
    facts: tuple[Fact, ...]
