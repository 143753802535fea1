"""Gesture segments of JIGSAWS with consensus labels of executional errors (Hutchinson et al., arXiv 2106.11962)."""

import csv
from dataclasses import dataclass
from pathlib import Path

from inference.datasets.skill_folders import skill_folder

FOLDER = "jigsaws-errors"
FRAMES_PER_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GestureSegment:
    """`trial` as in JIGSAWS, e.g. Suturing_B001 · `gesture` G1 to G9 · times in seconds of the trial."""

    trial: str
    gesture: str
    start_s: float
    end_s: float
    has_error: bool

    @property
    def task(self) -> str:
        return self.trial.rsplit("_", 1)[0]

    @property
    def subject(self) -> str:
        return self.trial.rsplit("_", 1)[1][0]


def read(data: Path) -> list[GestureSegment]:
    """Raises FileNotFoundError without the set."""
    path = skill_folder(data, FOLDER) / "segments.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [
            GestureSegment(
                trial=row["trial"],
                gesture=row["gesture"],
                start_s=int(row["start"]) / FRAMES_PER_S,
                end_s=int(row["end"]) / FRAMES_PER_S,
                has_error=row["error"] == "1",
            )
            for row in csv.DictReader(file)
        ]
