"""Frames of 16 appendectomies and cholecystectomies without labels; whether the camera is outside the body was
judged by eye (body_labels.json). Which of the two operations a video shows is not told."""

import json
from pathlib import Path

from inference.datasets.frames import LabelledFrame, pictures
from inference.datasets.kinds import (
    BOX_TRAINER_SCENE,
    CHOLECYSTECTOMY,
    OTHER_LAPAROSCOPY,
    OUTSIDE_BODY,
    inside,
    outside,
)
from inference.datasets.operations import Operation
from inference.datasets.rows import understood

FOLDER = "stanford-frames"
BODY_LABELS = Path(__file__).parent / "body_labels.json"
FRAMES_PER_S = 30


def read(data: Path) -> list[LabelledFrame]:
    """File names are <case>-<video>-frame-<number>.jpg. Raises FileNotFoundError without the folder."""
    judged = json.loads(BODY_LABELS.read_text(encoding="utf-8"))
    outside_names, unclear_names = frozenset(judged["outside"]), frozenset(judged["unclear"])
    frames = []
    for path in pictures(data / FOLDER / "images"):
        with understood(f"{FOLDER}/images/{path.name}"):
            frames.append(_frame(path, outside_names, unclear_names))
    return frames


def _frame(path: Path, outside_names: frozenset[str], unclear_names: frozenset[str]) -> LabelledFrame:
    case, _, rest = path.stem.partition("-")
    if path.name in unclear_names:
        truth = {BOX_TRAINER_SCENE: 0.0}
    elif path.name in outside_names:
        truth = outside(OUTSIDE_BODY)
    else:
        truth = inside(CHOLECYSTECTOMY, OTHER_LAPAROSCOPY)
    return LabelledFrame(
        folder=FOLDER,
        video=case,
        origin=Operation(FOLDER, int(case)),
        path=path,
        timestamp_s=float(rest.rpartition("-")[2]) / FRAMES_PER_S,
        truth=truth,
    )
