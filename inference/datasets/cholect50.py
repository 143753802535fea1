"""CholecT50 (Nwoye et al. 2022, arXiv 2109.03223): sparse frames with instrument, verb, target and phase.

The number of a frame's file is its second. A row has 15 columns; older label files have 14, without the phase; a phase
may be null or negative where nobody knows it. Frames are PNG in the public release, JPEG where somebody shrank them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inference.datasets.frames import DatasetInvalid, LabelledFrame, picture, pictures, present
from inference.datasets.kinds import BOX_TRAINER_SCENE, CHOLECYSTECTOMY, inside, kind_is
from inference.datasets.operations import Operation, cholec80
from inference.datasets.rows import json_object, understood
from inference.errors import InputInvalid

FOLDER = "cholect50"
INSTRUMENT_COLUMN, VERB_COLUMN, TARGET_COLUMN, PHASE_COLUMN = 1, 7, 8, 14
LANES = (("instrument", INSTRUMENT_COLUMN), ("verb", VERB_COLUMN), ("target", TARGET_COLUMN), ("phase", PHASE_COLUMN))
# Without a phase a row ends before PHASE_COLUMN.
ROW_WIDTHS = frozenset({PHASE_COLUMN, PHASE_COLUMN + 1})
# Two labelled frames this near belong together; most of the set is one frame a second with gaps of two.
MAX_GAP_S = 7
NULL_LABELS = frozenset({"null_verb", "null_target"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledVideo:
    """`seconds`: of each labelled frame, rising; `labels`: per lane, the set of labels of each frame; `paths`: their
    pictures."""

    name: str
    seconds: tuple[int, ...]
    labels: dict[str, tuple[frozenset[str], ...]]
    paths: tuple[Path, ...] = ()


def video_names(data_dir: Path) -> list[str]:
    return sorted(path.stem for path in (data_dir / FOLDER / "labels").glob("*.json"))


def surgeries_without(data_dir: Path, left_out: Sequence[str]) -> list[str]:
    """All but those. Raises FileNotFoundError where there is none at all, InputInvalid for a name that is none of them,
    or if nothing is left."""
    names = video_names(data_dir)
    if not names:
        raise FileNotFoundError(f"no CholecT50 surgeries under {data_dir}")
    if unknown := [name for name in left_out if name not in names]:
        raise InputInvalid(f"no surgery {', '.join(unknown)} under {data_dir}: there are {', '.join(names)}")
    kept = [name for name in names if name not in left_out]
    if not kept:
        raise InputInvalid(f"no surgery of {data_dir} is left to learn from")
    return kept


def operation_of(name: str) -> Operation:
    """VIDn is video n of Cholec80."""
    digits = name.removeprefix("VID")
    if not digits.isdecimal():
        raise DatasetInvalid(f"{FOLDER}/{name}: a video's name is VID and its number")
    return cholec80(int(digits))


def read_video(data_dir: Path, name: str) -> LabelledVideo:
    """The frames that have labels, without "null" verbs and targets. Raises DatasetInvalid naming file and frame."""
    with understood(f"{FOLDER}/labels/{name}.json"):
        return _video(data_dir, name)


def _video(data_dir: Path, name: str) -> LabelledVideo:
    content = _content(data_dir, name)
    frames_dir = _frames_dir(data_dir, name)
    rows = {int(second): found for second, found in content["annotations"].items() if found}
    found = {second: picture(frames_dir, f"{second:06d}") for second in sorted(rows)}
    paths = {second: path for second, path in found.items() if path is not None}
    names = content["categories"]
    labels = {
        lane: tuple(
            _labels(rows[second], column, names[lane], where=_where(name, second)) - NULL_LABELS for second in paths
        )
        for lane, column in LANES
    }
    return LabelledVideo(name=name, seconds=tuple(paths), labels=labels, paths=tuple(paths.values()))


def read(data: Path) -> list[LabelledFrame]:
    """Every frame of every video, labelled or not. Raises FileNotFoundError without the folder, else DatasetInvalid."""
    if not (data / FOLDER / "labels").is_dir():
        raise FileNotFoundError(f"no folder {data / FOLDER / 'labels'}")
    frames: list[LabelledFrame] = []
    for name in video_names(data):
        with understood(f"{FOLDER}/labels/{name}.json"):
            frames += _frames(data, name)
    return frames


def _frames(data: Path, name: str) -> list[LabelledFrame]:
    content = _content(data, name)
    return [
        LabelledFrame(
            folder=FOLDER,
            video=name,
            origin=operation_of(name),
            path=path,
            timestamp_s=float(path.stem),
            truth=_truth(
                content["annotations"].get(str(int(path.stem)), []),
                content["categories"],
                where=_where(name, int(path.stem)),
            ),
        )
        for path in pictures(_frames_dir(data, name))
    ]


def _truth(
    rows: Sequence[Sequence[Any]], categories: Mapping[str, Mapping[str, str]], *, where: str
) -> dict[str, float]:
    """A frame without rows was not labelled: only what holds for the whole video is known."""
    truth = kind_is(CHOLECYSTECTOMY) | {BOX_TRAINER_SCENE: 0.0}
    if not rows:
        return truth
    truth |= inside(CHOLECYSTECTOMY)
    for lane, column in LANES:
        labels = _labels(rows, column, categories[lane], where=where)
        if lane != "phase" or labels:
            truth |= present(lane, categories[lane].values(), labels)
    return truth


def _content(data: Path, name: str) -> dict[str, Any]:
    content = json_object(data / FOLDER / "labels" / f"{name}.json", f"{FOLDER}/labels/{name}.json")
    if not {"annotations", "categories"} <= set(content):
        raise DatasetInvalid(f"{FOLDER}/labels/{name}.json has no annotations or no categories")
    for second in content["annotations"]:
        if not second.isdecimal():
            raise DatasetInvalid(f"{FOLDER}/labels/{name}.json: '{second}' is no frame's number")
    return content


def _frames_dir(data: Path, name: str) -> Path:
    folder = data / FOLDER / "videos" / name
    if next(iter(pictures(folder)), None) is None:
        raise DatasetInvalid(f"{FOLDER}/videos/{name} holds no JPEG or PNG frames")
    return folder


def _labels(rows: Sequence[Sequence[Any]], column: int, names: Mapping[str, str], *, where: str) -> frozenset[str]:
    return frozenset(label for row in rows if (label := label_of(row, column, names, where=where)) is not None)


def label_of(row: Sequence[Any], column: int, names: Mapping[str, str], *, where: str) -> str | None:
    """None where the row does not say: no such column, null, or a negative number."""
    if len(row) not in ROW_WIDTHS:
        raise DatasetInvalid(f"{where}: a row of {len(row)} columns, and the set has 14 or 15")
    value = row[column] if column < len(row) else None
    if value is None or value < 0:
        return None
    if str(int(value)) not in names:
        raise DatasetInvalid(f"{where}: {value} in column {column} is no known category")
    return names[str(int(value))]


def _where(name: str, second: int) -> str:
    return f"{FOLDER}/labels/{name}.json, frame {second}"
