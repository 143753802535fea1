"""Frames of procedures that are not ours, KIND/*.jpg: a colonoscopy is flexible endoscopy, anything else is unknown."""

from pathlib import Path

from inference.datasets.frames import UNKNOWN_TIME_STEP_S, LabelledFrame, pictures
from inference.datasets.kinds import BOX_TRAINER_SCENE, FLEXIBLE_ENDOSCOPY, KIND, UNKNOWN, inside
from inference.datasets.operations import Operation

FOLDER = "other-endoscopy"
KNOWN_KINDS = {"colonoscopy": FLEXIBLE_ENDOSCOPY}


def read(data: Path) -> list[LabelledFrame]:
    """One source a kind. Raises FileNotFoundError without the folder."""
    folder = data / FOLDER
    if not folder.is_dir():
        raise FileNotFoundError(f"no folder {folder}")
    kinds = sorted(path for path in folder.iterdir() if path.is_dir())
    return [
        LabelledFrame(
            folder=FOLDER,
            video=kind.name,
            origin=Operation(f"{FOLDER}-{kind.name}", 0),
            path=path,
            timestamp_s=index * UNKNOWN_TIME_STEP_S,
            truth=_truth(kind.name),
        )
        for kind in kinds
        for index, path in enumerate(pictures(kind))
    ]


def _truth(name: str) -> dict[str, float]:
    if name in KNOWN_KINDS:
        return inside(KNOWN_KINDS[name])
    return {f"{KIND}/{UNKNOWN}": 1.0, BOX_TRAINER_SCENE: 0.0}
