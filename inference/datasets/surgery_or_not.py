"""Frames of six lectures: keyhole surgery of several sorts, and slides, people and theatres."""

import json
from pathlib import Path
from typing import Any

from inference.datasets.frames import UNKNOWN_TIME_STEP_S, LabelledFrame
from inference.datasets.kinds import NOT_SURGERY, OTHER_LAPAROSCOPY, ROBOTIC, inside, outside
from inference.datasets.operations import Operation

FOLDER = "surgery-or-not"
IN_BODY_CLASSES = frozenset({"surgical-area", "surgical-tool"})


def read(data: Path) -> list[LabelledFrame]:
    """Raises FileNotFoundError without the folder."""
    folder = data / FOLDER
    with (folder / "labels.jsonl").open(encoding="utf-8") as file:
        return [_frame(folder, json.loads(line), number) for number, line in enumerate(file)]


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
