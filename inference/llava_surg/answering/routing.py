"""Which seconds of a long video a question is about: a named time, "the last ...", or the whole.

A window the user chose wins over everything. Times are read as clock times (1:02:03, 12:30), or with a unit
(at 90 s, minute 5, between 10 and 20 seconds).
"""

import re
from dataclasses import dataclass
from typing import Literal

# "found": where the timeline has what was asked about (focus.py).
Route = Literal["chosen", "named", "last", "whole", "found"]

# Around a single named second, and for "at the end" without a length.
NAMED_MARGIN_S = 8.0
DEFAULT_LAST_S = 60.0
# A short clip is always looked at whole.
SHORT_VIDEO_S = 40.0

_UNIT_S = {"s": 1.0, "sec": 1.0, "second": 1.0, "m": 60.0, "min": 60.0, "minute": 60.0, "h": 3600.0, "hour": 3600.0}
_UNITS = r"(?P<unit>s|sec|secs|seconds?|min|mins|minutes?|hours?|h|m)\b"
_NUMBER = r"(?P<value>\d+(?:\.\d+)?)"
_CLOCK = re.compile(r"\b(?:(\d{1,2}):)?(\d{1,2}):([0-5]\d)\b")
_LAST = re.compile(rf"\blast\s+(?:{_NUMBER}\s*|(?P<article>a\s+|one\s+)?){_UNITS}", re.IGNORECASE)
_AT_END = re.compile(r"\b(at|towards?|near)\s+the\s+(very\s+)?end\b|\bfinal(ly)?\b|\blast\b", re.IGNORECASE)
_RANGE = re.compile(
    rf"\b(?:between|from)\s+(?P<first>\d+(?:\.\d+)?)\s*(?:s|sec|seconds?|min|minutes?)?\s*(?:and|to|-|–)\s*{_NUMBER}\s*{_UNITS}",
    re.IGNORECASE,
)
_NAMED = re.compile(rf"\b(?:at|around|about|after|second|minute)\s+{_NUMBER}\s*{_UNITS}", re.IGNORECASE)
_NAMED_UNIT_FIRST = re.compile(rf"\b(?P<unit>second|minute)\s+{_NUMBER}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Absolute seconds, inside the video, at least one second long where the video is."""

    start_s: float
    end_s: float
    route: Route


def route_question(
    question: str, *, duration_s: float, chosen: tuple[float | None, float | None] = (None, None)
) -> Window:
    start_s, end_s = chosen
    if start_s is not None or end_s is not None:
        last_s = duration_s if end_s is None else end_s
        return _window(start_s or 0.0, last_s, duration_s=duration_s, route="chosen")
    if duration_s <= SHORT_VIDEO_S:
        return _window(0.0, duration_s, duration_s=duration_s, route="whole")
    return _named(question, duration_s) or _last(question, duration_s) or _whole(duration_s)


def _named(question: str, duration_s: float) -> Window | None:
    span = _named_span(question)
    if span is None or span[0] >= duration_s:
        return None
    start_s, end_s = span
    if end_s - start_s < 2 * NAMED_MARGIN_S:
        middle_s = (start_s + end_s) / 2
        start_s, end_s = min(start_s, middle_s - NAMED_MARGIN_S), max(end_s, middle_s + NAMED_MARGIN_S)
    return _window(start_s, end_s, duration_s=duration_s, route="named")


def _named_span(question: str) -> tuple[float, float] | None:
    clocks = [
        float(found[1] or 0) * 3600 + float(found[2]) * 60 + float(found[3]) for found in _CLOCK.finditer(question)
    ]
    if clocks:
        return min(clocks), max(clocks)
    if found := _RANGE.search(question):
        unit_s = _unit_s(found["unit"])
        ends = sorted((float(found["first"]) * unit_s, float(found["value"]) * unit_s))
        return ends[0], ends[1]
    if found := _NAMED.search(question) or _NAMED_UNIT_FIRST.search(question):
        at_s = float(found["value"]) * _unit_s(found["unit"])
        return at_s, at_s
    return None


def _last(question: str, duration_s: float) -> Window | None:
    if found := _LAST.search(question):
        length_s = float(found["value"] or 1) * _unit_s(found["unit"])
        return _window(duration_s - length_s, duration_s, duration_s=duration_s, route="last")
    if _AT_END.search(question):
        return _window(duration_s - DEFAULT_LAST_S, duration_s, duration_s=duration_s, route="last")
    return None


def _whole(duration_s: float) -> Window:
    return _window(0.0, duration_s, duration_s=duration_s, route="whole")


def _unit_s(word: str) -> float:
    lowered = word.lower()
    return _UNIT_S[lowered] if lowered in _UNIT_S else _UNIT_S[lowered.removesuffix("s")]


def _window(start_s: float, end_s: float, *, duration_s: float, route: Route) -> Window:
    start_s = min(max(0.0, start_s), max(0.0, duration_s - 1.0))
    end_s = min(max(end_s, start_s + 1.0), max(duration_s, 1.0))
    return Window(start_s=start_s, end_s=end_s, route=route)
