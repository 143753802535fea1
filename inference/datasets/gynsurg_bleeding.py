"""GynSurg's bleeding clips: frames of gynaecological operations, judged for bleeding frame by frame."""

from pathlib import Path

from inference.datasets.frames import DatasetInvalid, LabelledFrame
from inference.datasets.kinds import OTHER_LAPAROSCOPY, inside
from inference.datasets.operations import Operation
from inference.datasets.rows import csv_rows, each

FOLDER = "gynsurg-bleeding"


def read(data: Path) -> list[LabelledFrame]:
    """Frames of a case are numbered in their order. Raises FileNotFoundError or DatasetInvalid."""
    folder = data / FOLDER
    rows = csv_rows(folder / "labels.csv", "file", "case")
    return each(rows, lambda row, where: _frame(folder, row, where))


def _frame(folder: Path, row: dict[str, str], where: str) -> LabelledFrame:
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
