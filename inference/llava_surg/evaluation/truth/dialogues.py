"""Dialogues of a JSONL file: turns put one after the other to one video, and what a truthful last reply does."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inference.errors import InputInvalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """`about`: one of these stands in the reply. `cites_within_s`: where its citations lie, if it has any."""

    id: str
    category: str
    turns: tuple[str, ...]
    expect: str
    about: tuple[str, ...] = ()
    language: str = ""
    cites_within_s: tuple[float, float] | None = None


def read_dialogues(path: Path) -> list[Dialogue]:
    """Raises InputInvalid with the line's number for a line that is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise InputInvalid(f"{path.name} is no UTF-8 text") from error
    return [_dialogue(line, number) for number, line in enumerate(lines, start=1) if line.strip()]


def _dialogue(line: str, number: int) -> Dialogue:
    try:
        row: dict[str, Any] = json.loads(line)
        within = row.get("cites_within_s")
        return Dialogue(
            id=str(row["id"]),
            category=str(row["category"]),
            turns=tuple(str(turn) for turn in row["turns"]),
            expect=str(row["expect"]),
            about=tuple(str(word).lower() for word in row.get("about", ())),
            language=str(row.get("language", "")),
            cites_within_s=None if within is None else (float(within[0]), float(within[1])),
        )
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise InputInvalid(f"line {number} is no dialogue: {error}") from error
