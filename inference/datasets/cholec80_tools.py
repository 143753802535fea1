"""Tool presence of Cholec80 at one frame a second, without frames: truth for frames that other sets hold."""

from pathlib import Path

from inference.datasets.operations import Operation, cholec80
from inference.datasets.rows import csv_rows, each
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
    rows = csv_rows(path, "video", "frame25", "tools_GBHSCIB")
    for video, second, tools in each(rows, _row):
        found.setdefault(cholec80(video), {})[second] = tools
    return found


def _row(row: dict[str, str], where: str) -> tuple[int, int, dict[str, float]]:
    return int(row["video"]), int(row["frame25"]) // FRAMES_PER_S, tools_of_bits(row["tools_GBHSCIB"], where=where)
