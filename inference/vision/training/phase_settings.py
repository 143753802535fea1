"""Phase readers of operations that they had not seen, and how sure of a course the eyes may be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from inference.datasets.operations import NUM_FOLDS
from inference.lab.recipe import kept, recipe_key
from inference.progress import Progress, ProgressCallback, ignore_progress
from inference.vision.eyes.phase_course import SMALLEST, decoded, sharpened
from inference.vision.eyes.phase_evidence import CLIP_S
from inference.vision.eyes.phase_reader import NUM_CHANNELS, NUM_LAYERS, REMEMBERED, PhaseReader, read_phases
from inference.vision.eyes.read_video import reader_input
from inference.vision.outputs import EYES_NAMES, PHASE, columns_of
from inference.vision.smoothing import Values
from inference.vision.training.dataset import HeldOut
from inference.vision.training.eyes_data import EyesData
from inference.vision.training.held_out import videos_of
from inference.vision.training.reader_fit import UNKNOWN as UNKNOWN_PHASE
from inference.vision.training.reader_fit import ReaderFitOptions, Recording, fit_reader, recording

NUM_READERS = 2
CONFIDENCES = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.4)
PHASE_COLUMNS = columns_of(PHASE.name, EYES_NAMES)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseRead:
    """What readers said of one operation that had not seen it : (T, 7); of all of it, and as if it had been cut into
    clips of CLIP_S, each by itself."""

    whole: Values
    clips: Values


# By "folder/video".
PhaseReads = Mapping[str, PhaseRead]


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseSettings:
    """As EyesSettings holds them."""

    phase_confidence: float = 1.0
    clip_confidence: float = 1.0


def phases_of(video: HeldOut) -> NDArray[np.int64]:
    """returns : (T,), UNKNOWN_PHASE where not labelled"""
    truth = video.truth[:, PHASE_COLUMNS]
    known = ~np.isnan(truth).any(axis=1)
    return np.where(known, np.nan_to_num(truth).argmax(axis=1), UNKNOWN_PHASE)


def has_phases(video: HeldOut) -> bool:
    return bool((phases_of(video) != UNKNOWN_PHASE).any())


def phase_recordings(videos: Sequence[HeldOut]) -> list[Recording]:
    """Those in which phases are labelled."""
    return [
        recording(reader_input(video.logits), video.timestamps_s, phases_of(video))
        for video in videos
        if has_phases(video)
    ]


def fit_readers(videos: Sequence[HeldOut], options: ReaderFitOptions | None = None) -> list[PhaseReader]:
    """Half of them read what the branch says, the other half how the frames look besides."""
    recordings = phase_recordings(videos)
    blind = [replace(one, cells=one.cells[:, : len(EYES_NAMES)]) for one in recordings]
    return [
        fit_reader(read, options or ReaderFitOptions(), seed=seed)
        for seed in range(NUM_READERS // 2)
        for read in (blind, recordings)
    ]


def by_clips(timestamps_s: Values, said: Callable[[NDArray[np.bool_]], Values]) -> Values:
    """What is `said` of the frames of each clip alone, together : (T, C)"""
    clips = np.floor(timestamps_s / CLIP_S)
    parts = [said(clips == clip) for clip in np.unique(clips)]
    return np.concatenate(parts)


def fold_phase_reads(
    data: EyesData, rows: Values, work: Path, on_progress: ProgressCallback = ignore_progress
) -> PhaseReads:
    """What readers say of each operation with phases that had learnt from the other folds only."""
    found: dict[str, PhaseRead] = {}
    for fold in range(NUM_FOLDS):
        found |= one_fold_reads(data, rows, fold, work)
        on_progress(Progress(done=fold + 1, total=NUM_FOLDS, unit="steps"))
    return found


def one_fold_reads(data: EyesData, rows: Values, fold: int, work: Path) -> PhaseReads:
    """Kept in `work`, under a name made of the rows, what is true of them, and the options."""
    recipe = [asdict(ReaderFitOptions()), NUM_READERS, REMEMBERED, NUM_CHANNELS, NUM_LAYERS, CLIP_S, fold]
    frames = [(frame.folder, frame.video, frame.timestamp_s) for frame in data.frames]
    truth = np.nan_to_num(data.truth, nan=-1)
    key = recipe_key(recipe, frames, arrays=[np.nan_to_num(reader_input(rows)), truth])

    def write(part: Path) -> None:
        reads = _fold_reads(data, rows, fold)
        wholes = {f"whole {name}": read.whole for name, read in reads.items()}
        save_file(wholes | {f"clips {name}": read.clips for name, read in reads.items()}, part)

    found = load_file(kept(work / f"eyes-phases-{key}.safetensors", write))
    names = [key.removeprefix("whole ") for key in found if key.startswith("whole ")]
    return {name: PhaseRead(whole=found[f"whole {name}"], clips=found[f"clips {name}"]) for name in names}


def _fold_reads(data: EyesData, rows: Values, fold: int) -> dict[str, PhaseRead]:
    others = videos_of(data, rows, without_fold=fold)
    seen = {video.video for video in others}
    own = [video for video in videos_of(data, rows) if video.video not in seen and has_phases(video)]
    if not own:
        return {}
    readers = fit_readers(others)
    return {video.video: phase_read(readers, video.logits, video.timestamps_s) for video in own}


def phase_read(readers: list[PhaseReader], rows: Values, times_s: Values) -> PhaseRead:
    """rows : (T, C), columns ROW_NAMES, by time"""
    values = reader_input(rows)
    return PhaseRead(
        whole=read_phases(readers, values, times_s),
        clips=by_clips(times_s, lambda own: read_phases(readers, values[own], times_s[own])),
    )


def fit_course(videos: Sequence[HeldOut], reads: PhaseReads) -> CourseSettings:
    """The confidences that explain phases best, by log loss: of whole operations, and of their clips."""
    known = [video for video in videos if video.video in reads]
    if not known:
        return CourseSettings()
    return CourseSettings(
        phase_confidence=_best_confidence(known, [_whole(video, reads[video.video]) for video in known]),
        clip_confidence=_best_confidence(known, [_clips(video, reads[video.video]) for video in known]),
    )


def _whole(video: HeldOut, read: PhaseRead) -> Values:
    return decoded(video.logits, read.whole, video.timestamps_s)


def _clips(video: HeldOut, read: PhaseRead) -> Values:
    """As if there were nothing but the clip of each frame."""
    rows, times_s = video.logits, video.timestamps_s
    return by_clips(times_s, lambda own: decoded(rows[own], read.clips[own], times_s[own]))


def _best_confidence(videos: Sequence[HeldOut], said: Sequence[Values]) -> float:
    """The power that leaves the smallest log loss, operations alike."""
    losses = {
        power: float(np.mean([_loss(one, phases_of(video), power) for one, video in zip(said, videos, strict=True)]))
        for power in CONFIDENCES
    }
    return min(losses, key=lambda power: losses[power])


def _loss(said: Values, phases: NDArray[np.int64], power: float) -> float:
    known = phases != UNKNOWN_PHASE
    own = sharpened(said[known], power)[np.arange(known.sum()), phases[known]]
    return float(-np.log(np.maximum(own, SMALLEST)).mean())
