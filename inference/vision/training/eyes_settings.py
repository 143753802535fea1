"""How sure the eyes may be, fitted on rows of operations that they had not seen."""

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from inference.vision.evaluation.metrics import average_precision
from inference.vision.eyes.eyes import ROW_NAMES, STRANGENESS
from inference.vision.eyes.settings import EyesSettings
from inference.vision.outputs import EYES_GROUPS, EYES_NAMES, KIND, PHASE, columns_of
from inference.vision.smoothing import Values, scales_smooth
from inference.vision.training.calibrate import SMOOTHING_S, fit_group
from inference.vision.training.dataset import HeldOut
from inference.vision.training.eyes_data import EyesData
from inference.vision.training.eyes_folds import KindData
from inference.vision.training.held_out import videos_of
from inference.vision.training.phase_settings import PhaseReads, fit_course

KIND_TEMPERATURES = (0.25, 0.5, 1.0, 2.0, 4.0)
# Of a hundred frames from the inside of a body, one may be called strange.
STRANGE_QUANTILE = 0.99
STRANGE_SLOPE = 8.0
SMALLEST = 1e-6
# An output is shown where its average precision on operations never seen is at least this and twice what guessing
# gives, or where it is there more often than not. What was there fewer times is not shown.
MIN_SHOWN_PRECISION = 0.3
MIN_SHOWN_COUNT = 10


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
        fits = {sigma: fit_group(list(videos), columns, sigma, smooth=scales_smooth) for sigma in SMOOTHING_S}
        best = min(fits, key=lambda sigma: fits[sigma][1])
        smoothing_s[group.name] = best
        platt |= {EYES_NAMES[column]: fit for column, fit in zip(columns, fits[best][0], strict=True)}
    labels = kinds.labels[used]
    return EyesSettings(
        smoothing_s=smoothing_s,
        platt=platt,
        **asdict(fit_course(videos, reads)),
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
