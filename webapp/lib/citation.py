"""The grammar of citations, as inference/evidence/citation.py tells it: `[[t=63.2-71.0]]` points at seconds.

Stored answers may be older than the grammar, or a person's: they are read by the same rules.
tests/vectors/citations.json tests both, and static/js/lib/answers/citations.js.
"""

import math
import re
from dataclasses import dataclass

# Seven digits are a hundred days.
SECONDS = r"\d{1,7}(?:\.\d{1,6})?"
CLOCK = r"(?:(?P<h>\d{1,3}):)?(?P<m>\d{1,3}):(?P<s>[0-5]\d(?:\.\d{1,6})?)"
MAX_BODY_CHARS = 80

# Everything is bounded, or a text made for it would be read in quadratic time.
_BLANKS = r"[ \t]{0,8}"
_OPEN = rf"\[{{1,2}}{_BLANKS}t{_BLANKS}="
_BODY = rf"[^\[\]]{{0,{MAX_BODY_CHARS}}}"
_LIKE = re.compile(rf"({_BLANKS}){_OPEN}({_BODY})\]{{1,2}}", re.IGNORECASE)
# At the end of a text these begin a citation beyond doubt; "[" or "[t" may be anything.
_HALF_WRITTEN = re.compile(rf"{_BLANKS}(?:\[\[{_BLANKS}t?{_BLANKS}|{_OPEN}{_BODY})\Z", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*[;,]\s*(?:t\s*=\s*)?", re.IGNORECASE)
_DASH = re.compile(r"\s*[-–—]\s*")
_SECONDS = re.compile(rf"({SECONDS})\s*s?", re.IGNORECASE)
_CLOCK = re.compile(CLOCK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Seconds from the start of the proxy, in order, inside the video."""

    start_s: float
    end_s: float


def parts(text: str, duration_s: float = math.inf) -> list[str | Span]:
    """The text cut at its citations, in order; no part is an empty text."""
    found: list[str | Span] = []
    at = 0
    for match in _LIKE.finditer(text):
        spans = _spans(match[2], duration_s)
        _append(found, text[at : match.start()] + (match[1] if spans else ""))
        found.extend(spans)
        at = match.end()
    _append(found, _HALF_WRITTEN.sub("", text[at:]))
    return found


def canonical(text: str, duration_s: float = math.inf) -> str:
    """Every citation written as [[t=a-b]] inside the video, everything malformed gone."""
    return "".join(written(part) if isinstance(part, Span) else part for part in parts(text, duration_s))


def written(span: Span) -> str:
    """To a tenth of a second."""
    return f"[[t={_number(span.start_s)}-{_number(span.end_s)}]]"


def _spans(body: str, duration_s: float) -> list[Span]:
    """Empty if it is malformed."""
    items = [_DASH.split(item) for item in _SEPARATOR.split(body.strip())]
    if any(len(item) > 2 for item in items) or (len(items) > 1 and any(len(item) < 2 for item in items)):
        return []
    times = [[_time_s(time) for time in item] for item in items]
    known = [[time for time in item if time is not None] for item in times]
    if any(len(item) != len(found) for item, found in zip(times, known, strict=True)):
        return []
    last_s = max(0.0, duration_s)
    return [Span(start_s=min(*item, last_s), end_s=min(max(item), last_s)) for item in known]


def _time_s(text: str) -> float | None:
    if match := _SECONDS.fullmatch(text):
        return float(match[1])
    if match := _CLOCK.fullmatch(text):
        return float(match["h"] or 0) * 3600 + float(match["m"]) * 60 + float(match["s"])
    return None


def _append(found: list[str | Span], text: str) -> None:
    if not text:
        return
    if found and isinstance(found[-1], str):
        found[-1] += text
    else:
        found.append(text)


def _number(seconds: float) -> str:
    return f"{seconds:.1f}".removesuffix(".0")
