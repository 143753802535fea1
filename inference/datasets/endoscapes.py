"""Endoscapes (Murali et al. 2023, arXiv 2312.12429): the dissection before clipping, with anatomy masks and the three
criteria of the critical view of safety as the mean of three raters."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.datasets.frames import DatasetInvalid, LabelledFrame
from inference.datasets.kinds import CHOLECYSTECTOMY, inside
from inference.datasets.operations import Operation
from inference.datasets.picture_file import read_picture
from inference.datasets.rows import csv_rows, each

FOLDER = "endoscapes"
FRAMES_PER_S = 25
ANATOMY = ("cystic_plate", "hepatocystic_triangle", "cystic_artery", "cystic_duct", "gallbladder")
# Classes of a mask: 0 background, 1 to 5 anatomy in that order, 6 tool.
TOOL_CLASS = 6
IGNORED_CLASS = 255
CRITERIA = {
    "two_structures": "C1_two_structures",
    "hepatocystic_triangle": "C2_hepatocystic_triangle",
    "cystic_plate": "C3_cystic_plate",
}
# Fewer pixels than this share of the picture are the edge of a brush, not an organ.
MIN_SHARE = 0.0005


def read(data: Path) -> list[LabelledFrame]:
    """By video and time. Raises FileNotFoundError without the folder, DatasetInvalid naming the row."""
    folder = data / FOLDER
    rows = csv_rows(folder / "labels.csv", "file", "video", "frame")
    frames = each(rows, lambda row, where: _frame(folder, row, where))
    return sorted(frames, key=lambda frame: (int(frame.video), frame.timestamp_s))


def read_mask(path: Path) -> NDArray[np.uint8]:
    """returns : (H, W), class of each pixel; what is no class of the set is IGNORED_CLASS."""
    mask = np.asarray(read_picture(path))
    if mask.ndim != 2:
        raise DatasetInvalid(f"{FOLDER}/masks/{path.name}: {mask.ndim} dimensions, and a mask has one class a pixel")
    return np.where(mask <= TOOL_CLASS, mask, IGNORED_CLASS).astype(np.uint8)


def _frame(folder: Path, row: dict[str, str], where: str) -> LabelledFrame:
    path = folder / "images" / row["file"]
    mask_path = folder / "masks" / f"{path.stem}.png"
    has_mask = mask_path.is_file()
    return LabelledFrame(
        folder=FOLDER,
        video=row["video"],
        origin=Operation(FOLDER, int(row["video"])),
        path=path,
        timestamp_s=int(row["frame"]) / FRAMES_PER_S,
        truth=inside(CHOLECYSTECTOMY) | _criteria(row, where) | (_anatomy(mask_path) if has_mask else {}),
        mask_path=mask_path if has_mask else None,
    )


def _criteria(row: dict[str, str], where: str) -> dict[str, float]:
    found = {}
    for label, column in CRITERIA.items():
        said = row.get(column) or "x"
        if said == "x":
            continue
        try:
            share = float(said)
        except ValueError:
            share = -1.0
        if not 0 <= share <= 1:
            raise DatasetInvalid(f"{where}: '{said}' in {column} is no share of raters")
        found[f"critical_view/{label}"] = share
    return found


def _anatomy(mask_path: Path) -> dict[str, float]:
    mask = read_mask(mask_path)
    shares = {label: float((mask == index).mean()) for index, label in enumerate(ANATOMY, start=1)}
    return {f"anatomy/{label}": float(share >= MIN_SHARE) for label, share in shares.items()}
