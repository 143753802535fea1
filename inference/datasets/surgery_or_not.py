"""Frames of six lectures: keyhole surgery of several sorts, and slides, people and theatres."""

from itertools import count
from pathlib import Path
from typing import Any

from inference.datasets.frames import UNKNOWN_TIME_STEP_S, LabelledFrame
from inference.datasets.kinds import NOT_SURGERY, OTHER_LAPAROSCOPY, ROBOTIC, inside, outside
from inference.datasets.operations import Operation
from inference.datasets.rows import each, json_lines

FOLDER = "surgery-or-not"
IN_BODY_CLASSES = frozenset({"surgical-area", "surgical-tool"})


def read(data: Path) -> list[LabelledFrame]:
    """Raises FileNotFoundError without the folder."""
    folder = data / FOLDER
    numbers = count()
    return each(json_lines(folder / "labels.jsonl"), lambda row, _: _frame(folder, row, next(numbers)))


def _frame(folder: Path, row: dict[str, Any], number: int) -> LabelledFrame:
    is_in_body = bool(IN_BODY_CLASSES & set(row["classes"]))
    return LabelledFrame(
        folder=FOLDER,
        video=str(row["source"]),
        origin=Operation(FOLDER, int(row["source"])),
        path=folder / "images" / row["file"],
        timestamp_s=number * UNKNOWN_TIME_STEP_S,
        # Laparoscopic and robotic operations stand side by side in one lecture and are not told apart.
        truth=inside(OTHER_LAPAROSCOPY, ROBOTIC) if is_in_body else outside(NOT_SURGERY),
    )
