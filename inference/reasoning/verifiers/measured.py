"""Answers that measure: a number with its unit, a count, a moment, stretches of time."""

import math
import re

import numpy as np
from scipy.optimize import linear_sum_assignment

from inference.evidence.citation import Span
from inference.evidence.coverage import length_s, overlap_s
from inference.reasoning.schema import Gold, Verdict
from inference.reasoning.verifiers.named import RIGHT, wrong

# MedCalc-Bench accepts 5 % for what an equation gives, and whole numbers exactly.
RELATIVE_TOLERANCE = 0.05
MIN_IOU = 0.5
DEFAULT_MOMENT_TOLERANCE_S = 2.0
_NUMBER = re.compile(r"^(-?\d+(?:\.\d+)?)\s*([a-zµ%²³/]*)$", re.IGNORECASE)
_COUNT = re.compile(r"^(\d+)(?:\s+(?:times?|stretch(?:es)?|events?))?$", re.IGNORECASE)
_CLOCK = re.compile(r"^(?:(\d{1,3}):)?(\d{1,3}):([0-5]\d(?:\.\d+)?)$")
_RANGE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:-|–|to)\s*(\d+(?:\.\d+)?)\s*(?:s|sec|seconds)?", re.IGNORECASE)
UNITS: dict[str, tuple[str, float]] = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), ("time", 1.0)),
    **dict.fromkeys(("min", "minute", "minutes"), ("time", 60.0)),
    **dict.fromkeys(("h", "hour", "hours"), ("time", 3600.0)),
    "mm": ("length", 1.0),
    "cm": ("length", 10.0),
    "%": ("share", 0.01),
    "points": ("points", 1.0),
    "point": ("points", 1.0),
}


def verify_numeric(answer: str, gold: Gold) -> Verdict:
    """A number without the unit that the gold has is wrong; other units of the same dimension are converted."""
    said, meant = _quantity(answer), _quantity(f"{gold.value} {gold.unit}")
    if said is None or meant is None:
        return wrong("no number with a unit")
    if said[0] != meant[0]:
        return wrong("another unit or none")
    size = UNITS.get(gold.unit, ("", 1.0))[1]
    allowed = gold.tolerance * size or RELATIVE_TOLERANCE * abs(meant[1])
    away = abs(said[1] - meant[1])
    return RIGHT if away <= allowed + 1e-9 else wrong("another number", math.exp(-away / max(allowed, 1e-9)))


def verify_count(answer: str, gold: Gold) -> Verdict:
    found = _COUNT.match(answer.strip().rstrip("."))
    if found is None:
        return wrong("no whole number")
    meant = int(gold.value)
    away = abs(int(found[1]) - meant)
    return RIGHT if away == 0 else wrong(f"{away} off", max(0.0, 1 - away / max(meant, 1)))


def verify_timestamp(answer: str, gold: Gold) -> Verdict:
    """Seconds or a clock."""
    said, meant = _moment_s(answer), _moment_s(gold.value)
    if said is None or meant is None:
        return wrong("no moment")
    allowed = gold.tolerance or DEFAULT_MOMENT_TOLERANCE_S
    away = abs(said - meant)
    return RIGHT if away <= allowed else wrong(f"{away:.1f} s off", math.exp(-away / allowed))


def verify_intervals(answer: str, gold: Gold) -> Verdict:
    """F1 of stretches matched one to one at IoU 0.5; right only if all match and none is too many."""
    said, meant = _ranges(answer), _ranges(gold.value)
    if not said:
        return wrong("no stretch of time")
    shares = np.array([[_iou(one, other) for other in meant] for one in said])
    rows, columns = linear_sum_assignment(-shares)
    matched = int((shares[rows, columns] >= MIN_IOU).sum())
    f1 = 2 * matched / (len(said) + len(meant))
    return RIGHT if f1 == 1.0 else wrong("other stretches", f1)


def _quantity(text: str) -> tuple[str, float] | None:
    """Dimension and size in its base unit; a unit that is not known is a dimension of its own."""
    found = _NUMBER.match(text.strip().rstrip("."))
    if found is None:
        return None
    unit = found[2].lower()
    dimension, size = UNITS.get(unit, (unit, 1.0))
    return dimension, float(found[1]) * size


def _moment_s(text: str) -> float | None:
    plain = text.strip().rstrip(".").lower().removesuffix("seconds").removesuffix("s").strip()
    if found := _CLOCK.match(plain):
        return float(found[1] or 0) * 3600 + float(found[2]) * 60 + float(found[3])
    try:
        moment_s = float(plain)
    except ValueError:
        return None
    return moment_s if math.isfinite(moment_s) else None


def _ranges(text: str) -> list[Span]:
    found = [(float(start), float(end)) for start, end in _RANGE.findall(text)]
    return [Span(start_s=min(pair), end_s=max(pair)) for pair in found]


def _iou(one: Span, other: Span) -> float:
    common = overlap_s(one, other)
    return common / (length_s(one) + length_s(other) - common)
