"""The checklist that a candidate has to pass: each row a measurement with its interval, its limit, and the verdict.

What is better has to be better for certain; what must not get worse may lose no more than its limit, and not for
certain. What was not measured has not passed. Only subgroups too small to say anything do not stand in the way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from inference.lab.paired import paired_difference

Result = Literal["passed", "failed", "not_measured", "too_few"]
Values = Mapping[str, Sequence[float]]
# Of surgeries and simulations; fewer give an interval that says nothing.
MIN_GROUPS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRow:
    """`value` of the candidate and `before` of the active one · `difference`, `low`, `high`: paired, 95 % over groups ·
    `limit` and `rule`: what the difference is held against, as a number and in words."""

    key: str
    words: str
    result: Result
    rule: str
    limit: float
    value: float | None = None
    before: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    num_items: int = 0
    note: str = ""

    def row(self) -> dict[str, Any]:
        return asdict(self)


def better(key: str, words: str, candidate: Values, active: Values, *, note: str = "") -> GateRow:
    """For certain: the whole interval lies above 0."""
    return _compared(key, words, candidate, active, rule="better for certain", limit=0.0, note=note)


def no_worse(key: str, words: str, candidate: Values, active: Values, *, limit: float, note: str = "") -> GateRow:
    return _compared(key, words, candidate, active, rule="loses at most", limit=limit, note=note)


def no_more(key: str, words: str, candidate: Values, active: Values, *, note: str = "") -> GateRow:
    """Of something bad."""
    return _compared(key, words, candidate, active, rule="no more often", limit=0.0, note=note)


def subgroup(key: str, words: str, candidate: Values, active: Values, *, limit: float) -> GateRow:
    if len(candidate) >= MIN_GROUPS:
        return no_worse(key, words, candidate, active, limit=limit)
    row = no_worse(key, words, candidate, active, limit=limit)
    return GateRow(**{**row.row(), "result": "too_few", "note": f"too few to say: {len(candidate)} of {MIN_GROUPS}"})


def not_measured(key: str, words: str, *, rule: str, limit: float, why: str) -> GateRow:
    return GateRow(key=key, words=words, result="not_measured", rule=rule, limit=limit, note=why)


def is_passed(rows: Sequence[GateRow]) -> bool:
    return bool(rows) and all(row.result in ("passed", "too_few") for row in rows)


def _compared(
    key: str, words: str, candidate: Values, active: Values, *, rule: str, limit: float, note: str
) -> GateRow:
    values = [value for some in candidate.values() for value in some]
    if not values:
        return not_measured(key, words, rule=rule, limit=limit, why=note or "nothing of this kind was examined")
    before = [value for some in active.values() for value in some]
    found = paired_difference(candidate, active)
    return GateRow(
        key=key,
        words=words,
        result="passed" if _holds(rule, found.mean, found.low, found.high, limit) else "failed",
        rule=rule,
        limit=limit,
        value=round(sum(values) / len(values), 4),
        before=round(sum(before) / len(before), 4),
        difference=round(found.mean, 4),
        low=round(found.low, 4),
        high=round(found.high, 4),
        num_items=len(values),
        note=note,
    )


def _holds(rule: str, mean: float, low: float, high: float, limit: float) -> bool:
    if rule == "better for certain":
        return low > limit
    if rule == "no more often":
        return mean <= limit
    return mean >= -limit and high >= 0
