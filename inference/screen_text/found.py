"""What was found of on-screen text in one video, as it lies beside the features: places over time, and readings."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inference.errors import FeaturesStale
from inference.screen_text.box import Box

FORMAT = "debrief-screen-text-1"
SCREEN_TEXT_NAME = "screen_text.json"
NO_TEXT = "none"
DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Place:
    """From the keyframe at `start_s` to the one at `end_s`, both included, text stood in `box`."""

    start_s: float
    end_s: float
    box: Box


@dataclass(frozen=True, slots=True)
class Reading:
    """`text` is clean (see cleaning.py)."""

    time_s: float
    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text for as long as it was followed: its places and its readings in order of time, one at least."""

    places: tuple[Place, ...]
    readings: tuple[Reading, ...]

    @property
    def start_s(self) -> float:
        return self.places[0].start_s

    @property
    def end_s(self) -> float:
        return self.places[-1].end_s


@dataclass(frozen=True, slots=True)
class ScreenText:
    reader_id: str
    lines: tuple[TextLine, ...]

    @property
    def covering_id(self) -> str:
        """Names what is covered in the frames: features made with another covering are stale."""
        if not self.lines:
            return f"{FORMAT}-{NO_TEXT}"
        places = json.dumps([_place_rows(line) for line in self.lines])
        return f"{FORMAT}-{hashlib.sha256(places.encode()).hexdigest()[:12]}"

    def save(self, path: Path) -> None:
        """In one step: a reader sees the whole or nothing."""
        facts = {"format": FORMAT, "reader_id": self.reader_id, "lines": [_line_row(line) for line in self.lines]}
        with tempfile.NamedTemporaryFile("w", dir=path.parent, suffix=".part", delete=False, encoding="utf-8") as file:
            json.dump(facts, file)
        os.replace(file.name, path)

    @classmethod
    def load(cls, path: Path, *, reader_id: str | None = None) -> "ScreenText":
        """Raises FeaturesStale if there is none, none that can be read, or one by another reader than `reader_id`."""
        try:
            facts = json.loads(path.read_text(encoding="utf-8"))
            if facts["format"] != FORMAT or reader_id not in (None, facts["reader_id"]):
                raise FeaturesStale("on-screen text was read by another reader")
            return cls(facts["reader_id"], tuple(_line(row) for row in facts["lines"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise FeaturesStale(f"no readable on-screen text at {path.name}: {type(error).__name__}") from error


def rounded(box: Box) -> Box:
    """As it is stored: what is covered before and after storing is the same."""
    return Box(*(round(edge, DECIMALS) for edge in (box.left, box.top, box.right, box.bottom)))


def _line_row(line: TextLine) -> dict[str, Any]:
    readings = [[reading.time_s, reading.text, reading.confidence] for reading in line.readings]
    return {"places": _place_rows(line), "readings": readings}


def _place_rows(line: TextLine) -> list[list[float]]:
    return [
        [place.start_s, place.end_s, place.box.left, place.box.top, place.box.right, place.box.bottom]
        for place in line.places
    ]


def _line(row: dict[str, Any]) -> TextLine:
    places = tuple(Place(start_s, end_s, Box(*edges)) for start_s, end_s, *edges in row["places"])
    return TextLine(places, tuple(Reading(*_reading(values)) for values in row["readings"]))


def _reading(values: Iterable[Any]) -> tuple[float, str, float]:
    time_s, text, confidence = values
    return float(time_s), str(text), float(confidence)
