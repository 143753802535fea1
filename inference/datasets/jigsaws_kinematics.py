"""JIGSAWS kinematics (Gao et al. 2014) at 10 Hz: 76 columns a trial, self-declared level, GRS and its six items.

Research use only: never to train what is shipped.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.datasets.frames import DatasetInvalid
from inference.datasets.skill_folders import skill_folder

FOLDER = "jigsaws-kinematics"
RATE_HZ = 10.0
NUM_COLUMNS = 76
LEVELS = {"N": 0, "I": 1, "E": 2}
ITEMS = ("respect_tissue", "suture_needle_handling", "time_motion", "flow", "overall", "quality_final")


@dataclass(frozen=True, slots=True, kw_only=True)
class KinematicTrial:
    """values : (T, 76), float32, 10 Hz · level : 0 novice, 1 intermediate, 2 expert · grs : 6 to 30; None: not told"""

    name: str
    task: str
    subject: str
    values: NDArray[np.float32]
    level: int | None
    grs: float | None

    @property
    def duration_s(self) -> float:
        return len(self.values) / RATE_HZ


def read(data: Path) -> list[KinematicTrial]:
    """Raises FileNotFoundError, or DatasetInvalid for a trial without kinematics."""
    folder = skill_folder(data, FOLDER)
    with (folder / "meta.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with np.load(folder / "kinematics_10hz.npz", allow_pickle=False) as arrays:
        return [_trial(row, arrays) for row in rows]


def _trial(row: dict[str, str], arrays: "np.lib.npyio.NpzFile") -> KinematicTrial:
    name = row["trial"]
    if name not in arrays or arrays[name].shape[1] != NUM_COLUMNS:
        raise DatasetInvalid(f"{FOLDER}, {name}: no kinematics of {NUM_COLUMNS} columns")
    return KinematicTrial(
        name=name,
        task=row["task"],
        subject=row["subject"],
        values=arrays[name],
        level=LEVELS.get(row["skill"]),
        grs=float(row["grs"]) if row["grs"] else None,
    )


def columns(data: Path) -> tuple[str, ...]:
    """Names of the 76."""
    return tuple((skill_folder(data, FOLDER) / "columns.csv").read_text(encoding="utf-8").split())
