"""Every frame of every set in a folder, each set's truth completed by what other sets know of the same operation."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from inference.datasets import (
    cholec80_phases,
    cholec80_tools,
    cholect50,
    endoscapes,
    gynsurg_bleeding,
    other_endoscopy,
    stanford_frames,
    surgery_or_not,
    tool_boxes,
)
from inference.datasets.frames import DatasetInvalid, LabelledFrame
from inference.datasets.operations import Operation

log = logging.getLogger(__name__)
SPECIMEN_BAG = "instrument/specimen_bag"
READERS: Mapping[str, Callable[[Path], list[LabelledFrame]]] = {
    cholect50.FOLDER: cholect50.read,
    cholec80_phases.FOLDER: cholec80_phases.read,
    tool_boxes.M2CAI16: tool_boxes.read_m2cai16,
    tool_boxes.CHOLEC80_BOXES: tool_boxes.read_cholec80_boxes,
    endoscapes.FOLDER: endoscapes.read,
    gynsurg_bleeding.FOLDER: gynsurg_bleeding.read,
    surgery_or_not.FOLDER: surgery_or_not.read,
    other_endoscopy.FOLDER: other_endoscopy.read,
    stanford_frames.FOLDER: stanford_frames.read,
}


def folders_in(data: Path) -> list[str]:
    return [folder for folder in READERS if (data / folder).is_dir()]


def read_all(data: Path, folders: Sequence[str] | None = None) -> list[LabelledFrame]:
    """Of the named sets, or of those that are there. Raises FileNotFoundError if one is missing, or there is none."""
    names = folders_in(data) if folders is None else list(folders)
    if not names:
        raise FileNotFoundError(f"none of the known data sets under {data}")
    frames = [frame for name in names for frame in _with_pictures(name, READERS[name](data))]
    return list(_completed(frames, data))


def _with_pictures(folder: str, frames: Sequence[LabelledFrame]) -> list[LabelledFrame]:
    """A part of a set may be here. Raises DatasetInvalid if there is no picture of any row."""
    found = [frame for frame in frames if frame.path.is_file()]
    missing = next((frame for frame in frames if not frame.path.is_file()), None)
    if missing is not None and not found:
        raise DatasetInvalid(f"{folder}: no picture of any of its {len(frames)} rows, the first {missing.path.name}")
    if missing is not None:
        log.warning(
            "%s: %d of %d rows have no picture, the first %s",
            folder,
            len(frames) - len(found),
            len(frames),
            missing.path.name,
        )
    return found


def _completed(frames: Sequence[LabelledFrame], data: Path) -> Iterator[LabelledFrame]:
    """CholecT50 knows no specimen bag: boxes of the same frame and Cholec80's own tool labels tell."""
    boxed = tool_boxes.boxed_cholect50_tools(data)
    tools = cholec80_tools.read(data)
    for frame in frames:
        if frame.folder != cholect50.FOLDER or not isinstance(frame.origin, Operation):
            yield frame
            continue
        second = int(frame.timestamp_s)
        known = tools.get(frame.origin, {}).get(second, {}) | boxed.get((frame.origin.number, second), {})
        bag = {SPECIMEN_BAG: known[SPECIMEN_BAG]} if SPECIMEN_BAG in known else {}
        yield replace(frame, truth={**frame.truth, **bag})
