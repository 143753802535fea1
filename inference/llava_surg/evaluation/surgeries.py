"""The labelled surgeries that an evaluation was asked for."""

from collections.abc import Sequence
from pathlib import Path

from inference.datasets.cholect50 import LabelledVideo, read_video, video_names


def labelled_videos(data: Path, names: Sequence[str]) -> list[LabelledVideo]:
    """Raises FileNotFoundError for a folder that is not there, or a video that is not in it."""
    known = video_names(data)
    for name in names:
        if name not in known:
            raise FileNotFoundError(2, "no such surgery", str(data / "cholect50" / "labels" / f"{name}.json"))
    return [read_video(data, name) for name in names]
