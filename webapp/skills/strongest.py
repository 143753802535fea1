"""The seconds of a comparison that speak loudest, none beside another: neighbours show the same moment twice."""

from collections.abc import Mapping, Sequence
from typing import Any

APART_S = 5.0


def strongest(evidence: Sequence[Mapping[str, Any]], *, at_most: int) -> list[Mapping[str, Any]]:
    """Loudest first, for either level; at least APART_S from start to start."""
    found: list[Mapping[str, Any]] = []
    for part in sorted(evidence, key=lambda one: -abs(one["margin"])):
        if len(found) >= at_most:
            break
        if all(abs(part["start_s"] - other["start_s"]) >= APART_S for other in found):
            found.append(part)
    return found
