"""What was said and when: SRT, WebVTT or WhisperX JSON, read as text by a stranger.

Nothing in a transcript is trusted: markup and control characters go, who spoke goes, times that make no sense drop
their cue, and a file that is too large or no transcript at all is refused. What is dropped or taken out is counted.
"""

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inference.errors import MediaRejected
from inference.llava_surg.surg_qa.cues import Cue, read_cues
from inference.llava_surg.surg_qa.plain_text import clean
from inference.llava_surg.surg_qa.rolling import without_repeats
from inference.llava_surg.surg_qa.segment import Segment
from inference.llava_surg.surg_qa.speakers import without_speakers

MAX_FILE_BYTES = 32 * 1024**2
MAX_SEGMENTS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """`dropped`: cues left out, by reason. `removed`: identifiers taken out, by kind."""

    segments: tuple[Segment, ...]
    dropped: Counter[str]
    removed: Counter[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spoken:
    cue: Cue
    score: float | None = None


def read_transcript(path: Path) -> list[Segment]:
    """The cues in the order of time. Raises MediaRejected with a sentence if the file is no transcript."""
    return list(read_counted_transcript(path).segments)


def read_counted_transcript(path: Path) -> Transcript:
    """The same with what was dropped and taken out."""
    if path.stat().st_size > MAX_FILE_BYTES:
        raise MediaRejected("transcript_too_large", "The transcript is too large.")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MediaRejected("transcript_unreadable", "The transcript is not UTF-8 text.") from error
    spoken, dropped = _whisperx(text) if path.suffix.lower() == ".json" else _cues(text)
    lines, removed = without_speakers([one.cue.lines for one in spoken])
    segments = [_segment(one, said) for one, said in zip(spoken, lines, strict=True)]
    usable = sorted(_usable(segments, dropped), key=lambda segment: segment.start_s)
    if not usable:
        raise MediaRejected("transcript_empty", "No spoken words with times were found in the transcript.")
    if len(usable) > MAX_SEGMENTS:
        dropped["too_many"] += len(usable) - MAX_SEGMENTS
    return Transcript(segments=tuple(without_repeats(usable[:MAX_SEGMENTS])), dropped=+dropped, removed=removed)


def _segment(spoken: _Spoken, lines: Iterable[str]) -> Segment:
    cue = spoken.cue
    return Segment(start_s=cue.start_s, end_s=cue.end_s, text=clean(" ".join(lines)), score=spoken.score)


def _usable(segments: Iterable[Segment], dropped: Counter[str]) -> Iterator[Segment]:
    for segment in segments:
        times = (segment.start_s, segment.end_s)
        if not all(math.isfinite(time_s) and time_s >= 0 for time_s in times) or segment.end_s <= segment.start_s:
            dropped["times_make_no_sense"] += 1
        elif not segment.text:
            dropped["no_words"] += 1
        else:
            yield segment


def _cues(text: str) -> tuple[list[_Spoken], Counter[str]]:
    cues, dropped = read_cues(text)
    return [_Spoken(cue=cue) for cue in cues], dropped


def _whisperx(text: str) -> tuple[list[_Spoken], Counter[str]]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MediaRejected("transcript_unreadable", "The transcript is not JSON.") from error
    rows = document.get("segments") if isinstance(document, dict) else None
    if not isinstance(rows, list):
        raise MediaRejected("transcript_unreadable", "The transcript has no list of segments.")
    good = [row for row in rows if isinstance(row, dict) and isinstance(row.get("text"), str)]
    return [_whisperx_cue(row) for row in good], Counter(malformed=len(rows) - len(good))


def _whisperx_cue(row: dict[str, Any]) -> _Spoken:
    """A diarised row names its speaker beside the text; put before it, it goes the way of every label."""
    speaker = row.get("speaker")
    label = f"<v {speaker}>" if isinstance(speaker, str) and not speaker.upper().startswith("SPEAKER_") else ""
    cue = Cue(start_s=_number(row.get("start")), end_s=_number(row.get("end")), lines=(label + row["text"],))
    return _Spoken(cue=cue, score=_score(row))


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
