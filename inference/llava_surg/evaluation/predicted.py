"""Eyes that have not seen a surgery, as witnesses of it: read from what `python -m inference.evaluate vision --retrain
--predictions FILE` wrote."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from inference.datasets.cholect50 import FOLDER, LabelledVideo
from inference.datasets.frames import DatasetInvalid
from inference.datasets.rows import csv_rows, understood
from inference.evidence.kinds import VideoKind
from inference.llava_surg.evaluation.eyes_cut import STRANGE, eyes_cut
from inference.llava_surg.evaluation.witness import Witness
from inference.vision.eyes.video_kind import LABELS, reading_of
from inference.vision.outputs import EYES_NAMES

_KIND_NAMES = tuple(f"kind/{label}" for label in LABELS)
# By surgery and frame: the probability of each output that was said.
_Said = dict[tuple[str, str], dict[str, float]]


def predicted_witnesses(path: Path, videos: Sequence[LabelledVideo], *, shown: tuple[str, ...]) -> dict[str, Witness]:
    """By the surgery's name. `shown`: outputs that stand on a timeline. Raises DatasetInvalid for a surgery or a frame
    that the file does not tell of."""
    said = _read(path)
    return {video.name: _witness(video, said, path, shown) for video in videos}


def _read(path: Path) -> _Said:
    said: _Said = {}
    for row, where in csv_rows(path, "folder", "video", "frame", "output", "probability"):
        if row["folder"] == FOLDER:
            with understood(where):
                said.setdefault((row["video"], row["frame"]), {})[row["output"]] = float(row["probability"])
    return said


def _witness(video: LabelledVideo, said: _Said, path: Path, shown: tuple[str, ...]) -> Witness:
    frames = [said.get((video.name, frame.name)) for frame in video.paths]
    if not frames or None in frames:
        raise DatasetInvalid(f"{path.name} does not tell of every labelled frame of {video.name}.")
    rows = [frame for frame in frames if frame is not None]
    kinds = np.array([[row.get(name, 0.0) for name in _KIND_NAMES] for row in rows])
    is_strange = kinds[:, LABELS.index(VideoKind.UNKNOWN.value)] >= 0.5
    outputs = np.array([[row.get(name, 0.0) for name in EYES_NAMES] for row in rows])
    return Witness(
        video=video,
        names=(*EYES_NAMES, STRANGE),
        probabilities=np.concatenate([outputs, is_strange[:, None].astype(np.float64)], axis=1),
        shown=frozenset(shown),
        cut=eyes_cut(reading_of(kinds.mean(axis=0), by_frame=kinds, is_strange=is_strange), shown),
    )
