"""Vectors that more than one language is tested with."""

import json
import math
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
DURATION_S = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationVector:
    text: str
    duration_s: float | None
    parts: list[str | list[float]]


def citation_vectors() -> list[CitationVector]:
    groups = json.loads((FOLDER / "citations.json").read_text(encoding="utf-8"))
    rows = [row for name, rows in groups.items() if name != "about" for row in rows]
    return [CitationVector(**{"duration_s": DURATION_S, **row}) for row in rows]


def limit_s(vector: CitationVector) -> float:
    return math.inf if vector.duration_s is None else vector.duration_s


def markdown_vectors() -> list[dict[str, str]]:
    """An answer's `text` in a video of 120 s, and the `html` that it becomes, streamed or finished."""
    vectors: list[dict[str, str]] = json.loads((FOLDER / "markdown.json").read_text(encoding="utf-8"))
    return vectors
