"""Whole cholecystectomies of Cholec80 (Twinanda et al. 2017, arXiv 1602.03012): phase and tools every few seconds."""

from pathlib import Path

from inference.datasets.frames import DatasetInvalid, LabelledFrame, one_hot
from inference.datasets.kinds import BOX_TRAINER_SCENE, CHOLECYSTECTOMY, kind_is
from inference.datasets.operations import cholec80
from inference.datasets.rows import csv_rows, each
from inference.datasets.tools import tools_of_bits

FOLDER = "cholec80-phases"
FRAMES_PER_S = 25
# In the order of the set's numbers, under the names CholecT50 gives the same phases.
PHASES = (
    "preparation",
    "carlot-triangle-dissection",
    "clipping-and-cutting",
    "gallbladder-dissection",
    "gallbladder-packaging",
    "cleaning-and-coagulation",
    "gallbladder-extraction",
)
UNKNOWN_PHASES = frozenset({"", "x", "-1"})


def read(data: Path) -> list[LabelledFrame]:
    """By video and time. Raises FileNotFoundError without the folder, DatasetInvalid naming the row."""
    folder = data / FOLDER
    rows = csv_rows(folder / "labels.csv", "file", "video", "frame25", "phase")
    frames = each(rows, lambda row, where: _frame(folder, row, where))
    return sorted(frames, key=lambda frame: (frame.origin.name, frame.timestamp_s))


def _frame(folder: Path, row: dict[str, str], where: str) -> LabelledFrame:
    return LabelledFrame(
        folder=FOLDER,
        video=row["video"],
        origin=cholec80(int(row["video"])),
        path=folder / "images" / row["file"],
        timestamp_s=int(row["frame25"]) / FRAMES_PER_S,
        truth={
            **_phase(row["phase"], where=where),
            **tools_of_bits(row.get("tools_GBHSCIB") or "x" * 7, where=where),
            **kind_is(CHOLECYSTECTOMY),
            BOX_TRAINER_SCENE: 0.0,
        },
    )


def _phase(number: str, *, where: str) -> dict[str, float]:
    if number in UNKNOWN_PHASES:
        return {}
    if not number.isdecimal() or int(number) >= len(PHASES):
        raise DatasetInvalid(f"{where}: phase '{number}' is none of 0 to {len(PHASES) - 1}")
    return one_hot("phase", PHASES, PHASES[int(number)])
