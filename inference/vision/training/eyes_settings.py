"""How sure the eyes may be, fitted on rows of operations that they had not seen."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from inference.datasets.operations import NUM_FOLDS, Operation
from inference.progress import Progress, ProgressCallback, ignore_progress
from inference.vision.evaluation.metrics import average_precision
from inference.vision.eyes.eyes import ROW_NAMES, STRANGENESS
from inference.vision.eyes.phase_reader import NUM_CHANNELS, NUM_LAYERS, REMEMBERED, PhaseReader, read_phases
from inference.vision.eyes.read_video import reader_input
from inference.vision.eyes.settings import EyesSettings
from inference.vision.outputs import EYES_GROUPS, EYES_NAMES, KIND, PHASE, columns_of
from inference.vision.smoothing import Values
from inference.vision.training.calibrate import SMOOTHING_S, fit_group
from inference.vision.training.dataset import HeldOut
from inference.vision.training.eyes_data import EyesData
from inference.vision.training.eyes_folds import KindData
from inference.vision.training.reader_fit import UNKNOWN as UNKNOWN_PHASE
from inference.vision.training.reader_fit import ReaderFitOptions, Recording, fit_reader, recording

# By "folder/video", what readers said that had not seen it : (T, 7).
PhaseReads = Mapping[str, Values]
KIND_TEMPERATURES = (0.25, 0.5, 1.0, 2.0, 4.0)
PHASE_CONFIDENCES = (0.3, 0.5, 0.7, 1.0, 1.4)
# Of a hundred frames from the inside of a body, one may be called strange.
STRANGE_QUANTILE = 0.99
STRANGE_SLOPE = 8.0
SMALLEST = 1e-6
NUM_READERS = 2
# An output is shown where its average precision on operations never seen is at least this and twice what guessing
# gives, or where it is there more often than not. What was there fewer times is not shown.
MIN_SHOWN_PRECISION = 0.3
MIN_SHOWN_COUNT = 10


def videos_of(data: EyesData, rows: Values, *, without_fold: int | None = None) -> list[HeldOut]:
    """Every video whose operation is known, by time; logits are `rows` (N, C)."""
    places: dict[tuple[str, str], list[int]] = {}
    for index, frame in enumerate(data.frames):
        if isinstance(frame.origin, Operation) and frame.origin.fold != without_fold:
            places.setdefault((frame.folder, frame.video), []).append(index)
    return [_video(data, rows, f"{folder}/{video}", found) for (folder, video), found in places.items()]


def _video(data: EyesData, rows: Values, name: str, places: Sequence[int]) -> HeldOut:
    times_s = np.array([data.frames[place].timestamp_s for place in places])
    order = np.argsort(times_s, kind="stable")
    chosen = np.array(places)[order]
    return HeldOut(
        video=name,
        timestamps_s=times_s[order],
        logits=rows[chosen],
        truth=data.truth[chosen].astype(np.float64),
    )


def phases_of(video: HeldOut) -> NDArray[np.int64]:
    """returns : (T,), UNKNOWN_PHASE where not labelled"""
    truth = video.truth[:, columns_of(PHASE.name, EYES_NAMES)]
    known = ~np.isnan(truth).any(axis=1)
    return np.where(known, np.nan_to_num(truth).argmax(axis=1), UNKNOWN_PHASE)


def phase_recordings(videos: Sequence[HeldOut]) -> list[Recording]:
    """Those in which phases are labelled."""
    return [
        recording(reader_input(video.logits), video.timestamps_s, phases_of(video))
        for video in videos
        if _has_phases(video)
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


def fit_settings(
    data: EyesData, kinds: KindData, rows: Values, reads: PhaseReads, *, without_fold: int | None = None
) -> EyesSettings:
    """rows : (N, C), what was said of operations not seen · reads : what phase readers said of such; both may hold
    operations of `without_fold`, which are not used."""
    videos = videos_of(data, rows, without_fold=without_fold)
    used = np.array(
        [index for index in np.flatnonzero(~np.isnan(rows).any(axis=1)) if data.fold(int(index)) != without_fold]
    )
    smoothing_s: dict[str, float] = {}
    platt: dict[str, tuple[float, float]] = {}
    for group in EYES_GROUPS:
        if group is PHASE:
            continue
        columns = columns_of(group.name, EYES_NAMES)
        fits = {sigma: fit_group(list(videos), columns, sigma) for sigma in SMOOTHING_S}
        best = min(fits, key=lambda sigma: fits[sigma][1])
        smoothing_s[group.name] = best
        platt |= {EYES_NAMES[column]: fit for column, fit in zip(columns, fits[best][0], strict=True)}
    labels = kinds.labels[used]
    return EyesSettings(
        smoothing_s=smoothing_s,
        platt=platt,
        phase_confidence=fit_phase_confidence(
            [(reads[one.video], phases_of(one)) for one in videos if one.video in reads]
        ),
        kind_temperature=_kind_temperature(rows[used], labels),
        strange_from=_strange_from(rows[used], labels),
        strange_slope=STRANGE_SLOPE,
        shown=worth_showing(videos),
    )


def _kind_temperature(rows: Values, labels: NDArray[np.int64]) -> float:
    """By log loss, both kinds alike."""
    counted = _of_many_sources(labels)
    logits, labels = rows[counted][:, columns_of(KIND.name, ROW_NAMES)], labels[counted]
    weights = 1.0 / np.bincount(labels, minlength=len(KIND.labels))[labels]

    def loss(temperature: float) -> float:
        scaled = logits / temperature
        logs = scaled - np.logaddexp.reduce(scaled, axis=1, keepdims=True)
        own = np.maximum(logs[np.arange(len(labels)), labels], np.log(SMALLEST))
        return float(-(weights * own).sum())

    return min(KIND_TEMPERATURES, key=loss)


def _of_many_sources(labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """A kind of a single source cannot be known where that source is left out."""
    names = ("laparoscopic_cholecystectomy", "other_laparoscopy")
    return np.isin(labels, [KIND.labels.index(name) for name in names])


def _strange_from(rows: Values, labels: NDArray[np.int64]) -> float:
    inside = rows[_of_many_sources(labels), ROW_NAMES.index(STRANGENESS)]
    return float(np.quantile(inside, STRANGE_QUANTILE))


def fit_phase_confidence(read: Sequence[tuple[Values, NDArray[np.int64]]]) -> float:
    """read : of each operation what readers that had not seen it said (T, 7), and its phases (T,). By log loss."""

    def loss(power: float) -> float:
        return float(np.mean([_phase_loss(said, phases, power) for said, phases in read]))

    return min(PHASE_CONFIDENCES, key=loss) if read else 1.0


def _phase_loss(said: Values, phases: NDArray[np.int64], power: float) -> float:
    known = phases != UNKNOWN_PHASE
    raised = np.maximum(said[known], SMALLEST) ** power
    own = raised[np.arange(known.sum()), phases[known]] / raised.sum(axis=1)
    return float(-np.log(np.maximum(own, SMALLEST)).mean())


def fold_phase_reads(
    data: EyesData, rows: Values, work: Path, on_progress: ProgressCallback = ignore_progress
) -> PhaseReads:
    """What readers say of each operation with phases that had learnt from the other folds only."""
    found: dict[str, Values] = {}
    for fold in range(NUM_FOLDS):
        found |= one_fold_reads(data, rows, fold, work)
        on_progress(Progress(done=fold + 1, total=NUM_FOLDS, unit="steps"))
    return found


def one_fold_reads(data: EyesData, rows: Values, fold: int, work: Path) -> PhaseReads:
    """Kept in `work`, under a name made of the rows and the options."""
    recipe = json.dumps([asdict(ReaderFitOptions()), NUM_READERS, REMEMBERED, NUM_CHANNELS, NUM_LAYERS, fold]).encode()
    digest = hashlib.sha256(np.nan_to_num(reader_input(rows)).tobytes() + recipe).hexdigest()
    path = work / f"eyes-phases-{digest[:12]}.safetensors"
    if not path.exists():
        save_file(_fold_reads(data, rows, fold), path)
    return dict(load_file(path))


def _fold_reads(data: EyesData, rows: Values, fold: int) -> dict[str, Values]:
    others = videos_of(data, rows, without_fold=fold)
    seen = {video.video for video in others}
    own = [video for video in videos_of(data, rows) if video.video not in seen and _has_phases(video)]
    if not own:
        return {}
    readers = fit_readers(others)
    return {video.video: read_phases(readers, reader_input(video.logits), video.timestamps_s) for video in own}


def _has_phases(video: HeldOut) -> bool:
    return bool((phases_of(video) != UNKNOWN_PHASE).any())


def worth_showing(videos: Sequence[HeldOut]) -> tuple[str, ...]:
    """Outputs that held up on operations never seen; phases are shown or hidden by their probability."""
    shown = list(PHASE.output_names)
    for group in EYES_GROUPS:
        if group is PHASE:
            continue
        names = [name for name in group.output_names if not name.rpartition("/")[2].startswith("null_")]
        shown += [name for name in names if _holds_up(videos, EYES_NAMES.index(name))]
    return tuple(shown)


def _holds_up(videos: Sequence[HeldOut], column: int) -> bool:
    truth = np.concatenate([video.truth[:, column] for video in videos])
    scores = np.concatenate([video.logits[:, column] for video in videos])
    known = ~np.isnan(truth)
    positive = truth[known] > 0.5
    if positive.sum() < MIN_SHOWN_COUNT:
        return False
    precision = average_precision(positive, scores[known])
    return precision >= max(MIN_SHOWN_PRECISION, 2 * float(positive.mean())) or float(positive.mean()) > 0.5
