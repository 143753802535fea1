"""What was said and when: SRT, WebVTT or WhisperX JSON, read as text by a stranger.

Nothing in a transcript is trusted: tags and control characters go, times that make no sense drop their cue, and a
file that is too large or no transcript at all is refused.
"""

import html
import json
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inference.errors import MediaRejected

MAX_FILE_BYTES = 32 * 1024**2
MAX_SEGMENTS = 100_000
MAX_SEGMENT_CHARS = 4_000
TIMING = re.compile(
    r"^\s*(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})\s*-->\s*(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
)
TAG = re.compile(r"<[^<>]{0,200}>|\{\\[^{}]{0,100}\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One cue. `score` is the mean confidence of its words, None where the format carries none."""

    start_s: float
    end_s: float
    text: str
    score: float | None = None


def read_transcript(path: Path) -> list[Segment]:
    """The cues in the order of time. Raises MediaRejected with a sentence if the file is no transcript."""
    if path.stat().st_size > MAX_FILE_BYTES:
        raise MediaRejected("transcript_too_large", "The transcript is too large.")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MediaRejected("transcript_unreadable", "The transcript is not UTF-8 text.") from error
    segments = _whisperx(text) if path.suffix.lower() == ".json" else _cues(text)
    usable = [segment for segment in segments if _is_usable(segment)]
    if not usable:
        raise MediaRejected("transcript_empty", "No spoken words with times were found in the transcript.")
    return sorted(usable[:MAX_SEGMENTS], key=lambda segment: segment.start_s)


def clean(text: str) -> str:
    """One line of plain text: no tags, no control or invisible characters, NFKC."""
    text = unicodedata.normalize("NFKC", html.unescape(TAG.sub(" ", text)))
    kept = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in TAG.sub(" ", text))
    visible = "".join(char for char in kept if unicodedata.category(char) not in ("Cf", "Co", "Cs", "Cn"))
    return re.sub(r"\s+", " ", visible).strip()[:MAX_SEGMENT_CHARS]


def _is_usable(segment: Segment) -> bool:
    times = (segment.start_s, segment.end_s)
    return all(math.isfinite(t) and t >= 0 for t in times) and segment.end_s > segment.start_s and bool(segment.text)


def _cues(text: str) -> Iterator[Segment]:
    """SRT and WebVTT alike: a timing line, then text up to an empty line."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    index = 0
    while index < len(lines):
        timing = TIMING.match(lines[index])
        index += 1
        if timing is None:
            continue
        spoken: list[str] = []
        while index < len(lines) and lines[index].strip() and not TIMING.match(lines[index]):
            spoken.append(lines[index])
            index += 1
        start_s, end_s = _seconds(timing.groups()[:4]), _seconds(timing.groups()[4:])
        yield Segment(start_s=start_s, end_s=end_s, text=clean(" ".join(spoken)))


def _seconds(parts: Iterable[str | None]) -> float:
    hours, minutes, seconds, fraction = (part or "0" for part in parts)
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{fraction}")


def _whisperx(text: str) -> Iterator[Segment]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MediaRejected("transcript_unreadable", "The transcript is not JSON.") from error
    rows = document.get("segments") if isinstance(document, dict) else None
    if not isinstance(rows, list):
        raise MediaRejected("transcript_unreadable", "The transcript has no list of segments.")
    for row in rows:
        if isinstance(row, dict) and isinstance(row.get("text"), str):
            yield Segment(
                start_s=_number(row.get("start")),
                end_s=_number(row.get("end")),
                text=clean(row["text"]),
                score=_score(row),
            )


def _number(value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and abs(value) < 1e9 else math.nan


def _score(row: dict[str, Any]) -> float | None:
    words = row.get("words")
    if not isinstance(words, list):
        return None
    scores = [_number(word.get("score")) for word in words if isinstance(word, dict) and "score" in word]
    known = [score for score in scores if math.isfinite(score)]
    return sum(known) / len(known) if known else None
