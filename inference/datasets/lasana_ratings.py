"""LASANA (arXiv 2602.09927), ratings only: box-trainer trials of four tasks, up to four raters. CC BY 4.0."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from inference.datasets.frames import DatasetInvalid
from inference.datasets.skill_folders import skill_folder

FOLDER = "lasana-ratings"
ASPECTS = ("bimanual_dexterity", "depth_perception", "efficiency", "tissue_handling")
# Four aspects of one to five points each.
MIN_GRS, MAX_GRS = 4.0, 20.0
RATER_FILE = re.compile(r"^(?P<task>.+)_rater(?P<rater>\d+)\.csv$")
NOT_ERRORS = frozenset({"id", "duration", "frame_count", "GRS", *ASPECTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedTrial:
    """grs : by rater, 4 to 20 · aspects : by rater, in the order of ASPECTS · errors : flag by name"""

    task: str
    name: str
    duration_s: float
    grs: Mapping[int, float]
    aspects: Mapping[int, tuple[float, ...]]
    errors: Mapping[str, bool]
    split: str


def read(data: Path) -> list[RatedTrial]:
    """Raises FileNotFoundError without the set, DatasetInvalid for a rating out of range."""
    folder = skill_folder(data, FOLDER)
    rated = _ratings(folder)
    tasks = sorted({task for task, _ in rated})
    return [trial for task in tasks for trial in _task(folder, task, rated)]


def _task(folder: Path, task: str, rated: dict[tuple[str, str], dict[int, tuple[float, ...]]]) -> list[RatedTrial]:
    splits = {row["id"]: row["split"] for row in _rows(folder / f"{task}_split.csv")}
    found = []
    for row in _rows(folder / f"{task}.csv"):
        ratings = rated.get((task, row["id"]), {})
        found.append(
            RatedTrial(
                task=task,
                name=row["id"],
                duration_s=_seconds(row["duration"]),
                grs={rater: values[-1] for rater, values in ratings.items()},
                aspects={rater: values[:-1] for rater, values in ratings.items()},
                errors={name: value == "True" for name, value in row.items() if name not in NOT_ERRORS},
                split=splits.get(row["id"], ""),
            )
        )
    return found


def _ratings(folder: Path) -> dict[tuple[str, str], dict[int, tuple[float, ...]]]:
    """(task, trial) -> rater -> the aspects, then the GRS; a trial that a rater did not see is left out."""
    found: dict[tuple[str, str], dict[int, tuple[float, ...]]] = {}
    for path in sorted(folder.glob("*_rater*.csv")):
        name = RATER_FILE.match(path.name)
        if name is None:
            continue
        for row in _rows(path):
            if row["GRS"]:
                values = tuple(float(row[column]) for column in (*ASPECTS, "GRS"))
                if not MIN_GRS <= values[-1] <= MAX_GRS:
                    raise DatasetInvalid(f"{path.name}, {row['id']}: GRS {values[-1]} is out of range")
                found.setdefault((name["task"], row["id"]), {})[int(name["rater"])] = values
    return found


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def _seconds(clock: str) -> float:
    hours, minutes, seconds = (float(part) for part in clock.split(":"))
    return hours * 3600 + minutes * 60 + seconds
