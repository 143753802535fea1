"""What the eyes say of labelled videos, as the product would, beside the truth."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.datasets.all_frames import read_all
from inference.datasets.frames import LabelledFrame
from inference.datasets.kinds import KIND as KIND_GROUP
from inference.lab.journal import Journal
from inference.lab.recipe import recipe_key
from inference.progress import ProgressCallback, ignore_progress
from inference.vision.encoder import FrameEncoder
from inference.vision.evaluation.metrics import Values
from inference.vision.eyes.eyes import ROW_NAMES
from inference.vision.eyes.phase_course import phase_course
from inference.vision.eyes.phase_reader import PhaseReader
from inference.vision.eyes.read_video import kind_of_rows, yes_no_probabilities
from inference.vision.eyes.settings import EyesSettings
from inference.vision.eyes.video_kind import KindReading
from inference.vision.outputs import EYES_NAMES, PHASE, columns_of
from inference.vision.training.frame_pixels import frame_pixels
from inference.vision.training.phase_settings import PhaseRead, by_clips, phase_read

JUDGED_FOLDERS = (
    "cholect50",
    "cholec80-phases",
    "m2cai16-tool-boxes",
    "endoscapes",
    "gynsurg-bleeding",
    "surgery-or-not",
    "other-endoscopy",
)
JOURNAL = "judged-rows.sqlite"
FRAMES_PER_CHUNK = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedVideo:
    """One video's frames by time. truth, probabilities : (T, C), columns EYES_NAMES, NaN where not known or not said ·
    frame_phases : (T,), the likeliest phase of each frame by itself ·
    clip_phases : (T, 7), what is said where each clip of half a minute is all there is · kinds : what is right of each
    frame."""

    folder: str
    video: str
    operation: str
    was_trained_on: bool
    files: tuple[str, ...]
    timestamps_s: Values
    truth: Values
    probabilities: Values
    clip_phases: Values | None
    frame_phases: NDArray[np.int64]
    kinds: tuple[frozenset[str], ...]
    kind_reading: KindReading

    @property
    def has_phases(self) -> bool:
        return bool((~np.isnan(self.truth[:, columns_of(PHASE.name, EYES_NAMES)])).any())


def judged_frames(data: Path) -> list[LabelledFrame]:
    """Of whichever judged folders lie in `data`. Raises FileNotFoundError if there is none."""
    missing = missing_folders(data)
    return read_all(data, [folder for folder in JUDGED_FOLDERS if folder not in missing])


def missing_folders(data: Path) -> list[str]:
    """Of the judged ones. Raises FileNotFoundError if all of them are."""
    missing = [folder for folder in JUDGED_FOLDERS if not (data / folder).is_dir()]
    if len(missing) == len(JUDGED_FOLDERS):
        raise FileNotFoundError(f"none of {', '.join(JUDGED_FOLDERS)} under {data}")
    return missing


def encoded_rows(
    frames: Sequence[LabelledFrame],
    encoder: FrameEncoder,
    work: Path,
    on_progress: ProgressCallback = ignore_progress,
) -> Values:
    """returns : (N, C), columns ROW_NAMES, as the encoder says them. Journalled in `work` picture by picture: a run
    that was stopped goes on, and other weights or pictures are read anew."""
    journal = Journal(work / JOURNAL, recipe=recipe_key(encoder.reading_id))
    items = [(recipe_key(files=[frame.path]), frame.path) for frame in frames]
    rows = journal.mapped(
        "rows",
        items,
        lambda paths, _: _encode(paths, encoder),
        chunk=FRAMES_PER_CHUNK,
        report=lambda progress: on_progress(replace(progress, unit="frames")),
    )
    journal.close()
    return np.array(rows, dtype=np.float64)


def _encode(paths: Sequence[Path], encoder: FrameEncoder) -> list[list[float]]:
    rows = [encoder.read(frame_pixels(path)).rows for path in paths]
    return [found[0, : len(ROW_NAMES)].tolist() for found in rows if found is not None]


def judged_video(
    frames: Sequence[LabelledFrame],
    rows: Values,
    *,
    settings: EyesSettings,
    readers: list[PhaseReader] | None = None,
    read: PhaseRead | None = None,
) -> JudgedVideo:
    """frames, rows : of one video · where phases are labelled they are told by what was `read` of them, by time, else
    by `readers`."""
    order = sorted(range(len(frames)), key=lambda index: frames[index].timestamp_s)
    frames, rows = [frames[index] for index in order], rows[order]
    times_s = np.array([frame.timestamp_s for frame in frames])
    truth = np.array([[frame.truth.get(name, np.nan) for name in EYES_NAMES] for frame in frames], dtype=np.float64)
    probabilities = yes_no_probabilities(rows, times_s, settings)
    columns = columns_of(PHASE.name, EYES_NAMES)
    clip_phases = None
    if (~np.isnan(truth[:, columns])).any():
        found = read or phase_read(readers or [], rows, times_s)
        probabilities[:, columns] = phase_course(rows, found.whole, times_s, settings)
        clip_phases = _clip_phases(rows, found.clips, times_s, settings)
    return JudgedVideo(
        folder=frames[0].folder,
        video=frames[0].video,
        operation=frames[0].origin.name,
        was_trained_on=frames[0].origin.name in settings.trained_on,
        files=tuple(frame.path.name for frame in frames),
        timestamps_s=times_s,
        truth=truth,
        probabilities=probabilities,
        clip_phases=clip_phases,
        frame_phases=rows[:, columns].argmax(axis=1),
        kinds=tuple(_right_kinds(frame) for frame in frames),
        kind_reading=kind_of_rows(rows, times_s, settings),
    )


def _clip_phases(rows: Values, read: Values, times_s: Values, settings: EyesSettings) -> Values:
    """As if there were nothing but the clip of each frame : (T, 7)"""
    return by_clips(times_s, lambda own: phase_course(rows[own], read[own], times_s[own], settings))


def _right_kinds(frame: LabelledFrame) -> frozenset[str]:
    named = {name.partition("/")[2] for name, value in frame.truth.items() if value and name.startswith(KIND_GROUP)}
    return frozenset(named)


def by_video(frames: Sequence[LabelledFrame]) -> dict[tuple[str, str], list[int]]:
    """(folder, video) -> places of its frames."""
    places: dict[tuple[str, str], list[int]] = {}
    for index, frame in enumerate(frames):
        places.setdefault((frame.folder, frame.video), []).append(index)
    return places
