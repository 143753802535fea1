"""Tool presence of Cholec80 at one frame a second, without frames: truth for frames that other sets hold."""

import csv
import gzip
from pathlib import Path

from inference.datasets.operations import Operation, cholec80
from inference.datasets.tools import tools_of_bits

FOLDER = "cholec80-tools"
FILE = "cholec80_tools_1fps.csv.gz"
FRAMES_PER_S = 25

ToolTruth = dict[Operation, dict[int, dict[str, float]]]


def read(data: Path) -> ToolTruth:
    """operation -> second -> tools. Empty without the folder: it only adds to what other sets say."""
    path = data / FOLDER / FILE
    found: ToolTruth = {}
    if not path.is_file():
        return found
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            where = f"{FOLDER}/{FILE}, video {row['video']} frame {row['frame25']}"
            seconds = found.setdefault(cholec80(int(row["video"])), {})
            seconds[int(row["frame25"]) // FRAMES_PER_S] = tools_of_bits(row["tools_GBHSCIB"], where=where)
    return found
