"""Cues of SRT and WebVTT as real files have them, and a count of what could not be read.

Files in the wild miss blank lines, milliseconds or a dash of the arrow. A line with an arrow between two times is a
timing line whatever the arrow looks like; one that looks like a timing line and cannot be read is counted, never
dropped in silence.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

_CLOCK = r"(?:(\d{1,3})\s*:\s*)?(\d{1,3})\s*:\s*(\d{1,2})(?:\s*[.,:;]\s*(\d{1,9}))?"
_ARROW = r"(?:[-–—−=~]{1,4}\s*>|[→⟶➔])"
TIMING = re.compile(rf"^\s*{_CLOCK}\s*{_ARROW}\s*{_CLOCK}(?=\s|$)")
# "00:00:05:000" has its milliseconds behind a third colon: three groups and a fraction, never hours and days.
_LOOKS_LIKE_TIMING = re.compile(rf"^\s*[\d:.,;\s]{{3,}}{_ARROW}[\d:.,;\s]*")
_NUMBER = re.compile(r"^\s*\d{1,7}\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """Lines as they stand in the file, markup and all."""

    start_s: float
    end_s: float
    lines: tuple[str, ...]


def read_cues(text: str) -> tuple[list[Cue], Counter[str]]:
    """The cues in the order of the file, and how many timing lines could not be read."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").split("\n")
    is_vtt = lines[0].lstrip("\ufeff").startswith("WEBVTT")
    starts = [index for index, line in enumerate(lines) if _is_timing(line)]
    cues: list[Cue] = []
    dropped: Counter[str] = Counter()
    for start, end in pairwise([*starts, len(lines)]):
        times = _times(lines[start])
        if times is None:
            dropped["times_unreadable"] += 1
            continue
        spoken = _spoken(lines[start + 1 : end], is_vtt=is_vtt, is_last=end == len(lines))
        cues.append(Cue(start_s=times[0], end_s=times[1], lines=spoken))
    return cues, dropped


def _is_timing(line: str) -> bool:
    return _LOOKS_LIKE_TIMING.match(unicodedata.normalize("NFKC", line)) is not None


def _times(line: str) -> tuple[float, float] | None:
    found = TIMING.match(unicodedata.normalize("NFKC", line))
    return None if found is None else (_seconds(found.groups()[:4]), _seconds(found.groups()[4:]))


def _spoken(lines: Sequence[str], *, is_vtt: bool, is_last: bool) -> tuple[str, ...]:
    """The lines up to the next cue, without that cue's number or name.

    In WebVTT a blank line ends the cue; SubRip writers leave blank lines inside, so there only the number before the
    next timing goes.
    """
    if is_vtt:
        kept = _until_blank(lines)
        is_whole = len(kept) == len(lines) and not is_last
        return tuple(kept[:-1] if is_whole and kept and _NUMBER.match(kept[-1]) else kept)
    kept = [line for line in lines if line.strip()]
    if not is_last and kept and _NUMBER.match(kept[-1]):
        kept = kept[:-1]
    return tuple(kept)


def _until_blank(lines: Sequence[str]) -> list[str]:
    end = next((index for index, line in enumerate(lines) if not line.strip()), len(lines))
    return list(lines[:end])


def _seconds(parts: Iterable[str | None]) -> float:
    hours, minutes, seconds, fraction = (part or "0" for part in parts)
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{fraction}")
