"""Frames with hand-drawn tool boxes: m2cai16-tool-locations (Jin et al. 2018, arXiv 1802.08774) and more."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from inference.datasets.frames import UNKNOWN_TIME_STEP_S, LabelledFrame
from inference.datasets.kinds import CHOLECYSTECTOMY, inside
from inference.datasets.operations import OneOf, cholec80
from inference.datasets.rows import each, json_lines
from inference.datasets.tools import boxes_of_tools, tools_of_boxes

M2CAI16 = "m2cai16-tool-boxes"
CHOLEC80_BOXES = "cholec80-tool-boxes"
# Its surgeries are not named; these are among them.
KNOWN_AMONG_CHOLEC80_BOXES = frozenset(cholec80(number) for number in (1, 2, 3, 5))
FRAMES_PER_S = 25


def read_m2cai16(data: Path) -> list[LabelledFrame]:
    """Rows whose picture is here; those that are CholecT50's frames come by `boxed_cholect50_tools`."""
    folder = data / M2CAI16
    frames = each(_rows(folder), lambda row, where: _m2cai16_frame(folder, row, where) if row["file"] else None)
    return [frame for frame in frames if frame is not None]


def boxed_cholect50_tools(data: Path) -> dict[tuple[int, int], dict[str, float]]:
    """(Cholec80 video, CholecT50 frame) -> tools with a box in that frame. Empty without the folder."""
    folder = data / M2CAI16
    if not folder.is_dir():
        return {}
    boxed = ((row, where) for row, where in _rows(folder) if row.get("cholect50_frame") is not None)
    return dict(each(boxed, _cholect50_tools))


def _cholect50_tools(row: dict[str, Any], where: str) -> tuple[tuple[int, int], dict[str, float]]:
    frame = int(row["cholec80_video"]), _frame_number(row["cholect50_frame"])
    return frame, tools_of_boxes(row["boxes"], where=where)


def read_cholec80_boxes(data: Path) -> list[LabelledFrame]:
    """For training only: nobody knows which operation a frame is of."""
    folder = data / CHOLEC80_BOXES
    origin = OneOf(CHOLEC80_BOXES, KNOWN_AMONG_CHOLEC80_BOXES)
    numbers = count()

    def frame(row: dict[str, Any], where: str) -> LabelledFrame:
        return LabelledFrame(
            folder=CHOLEC80_BOXES,
            video=origin.name,
            origin=origin,
            path=folder / "images" / row["file"],
            timestamp_s=next(numbers) * UNKNOWN_TIME_STEP_S,
            truth=tools_of_boxes(row["boxes"], where=where) | inside(CHOLECYSTECTOMY),
            boxes=boxes_of_tools(row["boxes"]),
        )

    return each(_rows(folder), frame)


def _m2cai16_frame(folder: Path, row: dict[str, Any], where: str) -> LabelledFrame:
    return LabelledFrame(
        folder=M2CAI16,
        video=str(row["cholec80_video"]),
        origin=cholec80(int(row["cholec80_video"])),
        path=folder / "images" / row["file"],
        timestamp_s=float(row["second"]),
        truth=tools_of_boxes(row["boxes"], where=where) | inside(CHOLECYSTECTOMY),
        boxes=boxes_of_tools(row["boxes"]),
    )


def _rows(folder: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """Each row and where it stands."""
    for row, where in json_lines(folder / "labels.jsonl"):
        yield row, f"{where} ({row.get('file') or row.get('m2cai')})"


def _frame_number(name: str | int) -> int:
    """CholecT50 numbers its frames in their file names."""
    return name if isinstance(name, int) else int(Path(name).stem)
