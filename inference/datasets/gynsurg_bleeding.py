"""GynSurg's bleeding clips: frames of gynaecological operations, judged for bleeding frame by frame."""

import csv
from pathlib import Path

from inference.datasets.frames import DatasetInvalid, LabelledFrame
from inference.datasets.kinds import OTHER_LAPAROSCOPY, inside
from inference.datasets.operations import Operation

FOLDER = "gynsurg-bleeding"


def read(data: Path) -> list[LabelledFrame]:
    """Frames of a case are numbered in their order. Raises FileNotFoundError or DatasetInvalid."""
    folder = data / FOLDER
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        return [_frame(folder, row) for row in csv.DictReader(file)]


def _frame(folder: Path, row: dict[str, str]) -> LabelledFrame:
    where = f"{FOLDER}/labels.csv, {row['file']}"
    path = folder / "images" / row["file"]
    said = row.get("frame_bleeding", "x")
    if said not in {"0", "1", "x", ""}:
        raise DatasetInvalid(f"{where}: frame_bleeding '{said}' is neither 0 nor 1")
    return LabelledFrame(
        folder=FOLDER,
        video=row["case"],
        origin=Operation(FOLDER, int(row["case"])),
        path=path,
        # Frames lie a second apart or more; which were left out between them is not told.
        timestamp_s=float(path.stem.rpartition("_")[2]),
        truth=inside(OTHER_LAPAROSCOPY) | ({"bleeding/bleeding": float(said)} if said in {"0", "1"} else {}),
    )
