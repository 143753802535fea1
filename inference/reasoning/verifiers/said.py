"""The kind of answer that a person wrote in plain words, so that it can be verified: a count, a length, a yes."""

import re
from collections.abc import Iterator

from inference.reasoning.schema import CANNOT_TELL, Gold
from inference.reasoning.verifiers.measured import UNITS
from inference.reasoning.verifiers.registry import verify
from inference.reasoning.verifiers.words import abstains, normalised

_QUANTITY = re.compile(r"(-?\d+(?:\.\d+)?)\s*([a-zµ%²³/]*)", re.IGNORECASE)
_TIMES = re.compile(r"(\d+)\s+(?:times?|stretch(?:es)?|events?)", re.IGNORECASE)
_CLOCK = re.compile(r"(?:\d{1,3}:)?\d{1,3}:[0-5]\d(?:\.\d+)?")
_RANGE = r"\d+(?:\.\d+)?\s*(?:-|–|to)\s*\d+(?:\.\d+)?\s*(?:s|sec|seconds)?"
_RANGES = re.compile(rf"(?:from\s+)?{_RANGE}(?:\s*(?:,|;|and)\s*{_RANGE})*", re.IGNORECASE)


def gold_said(text: str) -> Gold:
    """The narrowest kind whose verifier takes the text for right; else a short text."""
    plain = text.strip().rstrip(".").strip()
    for gold in _kinds(plain):
        if verify(plain, gold).is_right:
            return gold
    return Gold(type="short_text", value=plain)


def _kinds(plain: str) -> Iterator[Gold]:
    if abstains(plain):
        yield Gold(type="abstain", value=CANNOT_TELL)
    if normalised(plain) in ("yes", "no"):
        yield Gold(type="abstain", value=normalised(plain))
    if found := _TIMES.fullmatch(plain):
        yield Gold(type="count", value=found[1])
    if found := _QUANTITY.fullmatch(plain):
        number, unit = found[1], found[2].lower()
        if not unit and number.isdigit():
            yield Gold(type="count", value=number)
        if not unit or unit in UNITS:
            yield Gold(type="numeric", value=number, unit=unit)
    if _CLOCK.fullmatch(plain):
        yield Gold(type="timestamp", value=plain)
    if _RANGES.fullmatch(plain):
        yield Gold(type="intervals", value=plain)
