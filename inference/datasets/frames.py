"""A frame of a public data set with what is known of it: the same shape for every set."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from inference.datasets.operations import OneOf, Operation
from inference.errors import InputInvalid

SUFFIXES = (".jpg", ".jpeg", ".png")


class DatasetInvalid(InputInvalid):
    """A data set is not laid out as its documentation says. The message names the file and the frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Where something lies; centre and size as shares of the picture's width and height."""

    name: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledFrame:
    """`folder` : of the data set · `video` : as the set names it · `timestamp_s` : in the recording, where known; else
    frames of a video are numbered so that none counts as another's neighbour.

    `truth` : "group/label" -> 0 or 1, a share in between where raters disagree; what is absent is not known.
    Of a kind of video that is one of several, all of them are 1. `mask_path` : class of each pixel, where it was
    drawn · `boxes` : of every tool in the picture, None where nobody drew any.
    """

    folder: str
    video: str
    origin: Operation | OneOf
    path: Path
    timestamp_s: float
    truth: Mapping[str, float] = field(default_factory=dict)
    mask_path: Path | None = None
    boxes: tuple[Box, ...] | None = None


# Frames of one video whose place in time nobody knows lie so far apart that no smoothing joins them.
UNKNOWN_TIME_STEP_S = 3600.0


def one_hot(group: str, labels: Iterable[str], true: str) -> dict[str, float]:
    return {f"{group}/{label}": float(label == true) for label in labels}


def present(group: str, labels: Iterable[str], seen: Iterable[str]) -> dict[str, float]:
    found = frozenset(seen)
    return {f"{group}/{label}": float(label in found) for label in labels}


def pictures(folder: Path) -> Iterator[Path]:
    """Every picture in a folder, by name. Raises FileNotFoundError without the folder."""
    if not folder.is_dir():
        raise FileNotFoundError(f"no folder {folder}")
    return (path for path in sorted(folder.iterdir()) if path.suffix.lower() in SUFFIXES)


def picture(folder: Path, stem: str) -> Path | None:
    """The picture of that name, whatever its kind; None if there is none."""
    found = (folder / f"{stem}{suffix}" for suffix in SUFFIXES)
    return next((path for path in found if path.is_file()), None)
