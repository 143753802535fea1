"""Figures of judged videos: every operation counts alike, baselines and intervals beside.

A figure of yes/no outputs that few frames of an operation have (criteria, bleeding, inside the body) is an
average precision over all frames, each weighted so that operations count alike; intervals resample operations.
"""

from collections.abc import Sequence

import numpy as np
from sklearn.metrics import average_precision_score

from inference.vision.evaluation.metrics import Values, accuracy, average_precision, macro_f1
from inference.vision.evaluation.predictions import JudgedVideo
from inference.vision.eyes.video_kind import LABELS
from inference.vision.outputs import ANATOMY, BLEEDING, CRITICAL_VIEW, EYES_NAMES, PHASE, TOOL, OutputGroup, columns_of
from inference.vision.phase_order import phase_positions

Figures = dict[str, float]
# Groups of which each label's precision is a mean over operations, and under what name that of all labels is.
_MEANT = (("instrument", TOOL), ("anatomy", ANATOMY), ("", CRITICAL_VIEW), ("", BLEEDING))
MIN_POSITIVES = 5
# A criterion holds where most of its three raters say so; masks and labels are 0 or 1.
IS_TRUE_FROM = 0.5
IS_TOLD_FROM = 0.5
NUM_RESAMPLES = 200
INTERVAL = (2.5, 97.5)
PHASE_COLUMNS = columns_of(PHASE.name, EYES_NAMES)
OUTSIDE = EYES_NAMES.index("body/outside")
USUAL_KIND = "laparoscopic_cholecystectomy"


def video_figures(video: JudgedVideo, others: Sequence[JudgedVideo]) -> Figures:
    """What can be said of one video by itself; `others` : of which usual phases are learnt for the baselines."""
    found: Figures = {}
    if video.has_phases:
        found |= _phase_figures(video, others)
    for name, group in _MEANT:
        pairs = _group_precision(video, group)
        if pairs:
            if name:
                found[f"{name}_map"] = float(np.mean([precision for precision, _ in pairs.values()]))
                found[f"{name}_prevalence"] = float(np.mean([share for _, share in pairs.values()]))
            found |= {f"mean ap {label}": precision for label, (precision, _) in pairs.items()}
            found |= {f"mean prevalence {label}": share for label, (_, share) in pairs.items()}
    if any(video.kinds):
        found |= _kind_figures(video)
    return found


def _phase_figures(video: JudgedVideo, others: Sequence[JudgedVideo]) -> Figures:
    known = ~np.isnan(video.truth[:, PHASE_COLUMNS]).any(axis=1)
    truth = video.truth[known][:, PHASE_COLUMNS].argmax(axis=1)
    said = video.probabilities[known][:, PHASE_COLUMNS].argmax(axis=1)
    found = {
        "phase_accuracy": accuracy(truth, said),
        "phase_macro_f1": macro_f1(truth, said),
        "phase_accuracy_frame_alone": accuracy(truth, video.frame_phases[known]),
    }
    if video.clip_phases is not None:
        found |= _clip_figures(truth, video.clip_phases[known])
    usual = [_labelled(other) for other in others if other.has_phases and other.operation != video.operation]
    if usual:
        counts = np.bincount(np.concatenate([phases for _, phases in usual]), minlength=len(PHASE.labels))
        found["phase_accuracy_majority"] = float(np.mean(truth == counts.argmax()))
        positions = phase_positions(usual)
        times_s = video.timestamps_s[known] - video.timestamps_s[0]
        places = np.minimum((times_s / max(times_s[-1], 1.0) * len(positions)).astype(int), len(positions) - 1)
        found["phase_accuracy_position"] = float(np.mean(truth == positions[places].argmax(axis=1)))
    return found


def _clip_figures(truth: np.ndarray, said: Values) -> Figures:
    """Of clips of half a minute, each by itself: how often the likeliest phase is right, how often it is likelier than
    not, and how often it is right then."""
    right, told = said.argmax(axis=1) == truth, said.max(axis=1) >= IS_TOLD_FROM
    found = {"clip_phase_accuracy": float(right.mean()), "clip_phase_told_share": float(told.mean())}
    return found | ({"clip_phase_told_right": float(right[told].mean())} if told.any() else {})


def _labelled(video: JudgedVideo) -> tuple[Values, np.ndarray]:
    known = ~np.isnan(video.truth[:, PHASE_COLUMNS]).any(axis=1)
    return video.timestamps_s[known], video.truth[known][:, PHASE_COLUMNS].argmax(axis=1)


def _group_precision(video: JudgedVideo, group: OutputGroup) -> dict[str, tuple[float, float]]:
    """Output's name -> (average precision, share) of each that is there often enough in this video."""
    found = {}
    for column in columns_of(group.name, EYES_NAMES):
        known = ~np.isnan(video.truth[:, column])
        truth = video.truth[known, column] >= IS_TRUE_FROM
        if truth.sum() >= MIN_POSITIVES:
            precision = average_precision(truth, video.probabilities[known, column])
            found[EYES_NAMES[column]] = (precision, float(truth.mean()))
    return found


def _kind_figures(video: JudgedVideo) -> Figures:
    """Each frame by itself, and the video as a whole where all its frames are of one kind."""
    told = [index for index, right in enumerate(video.kinds) if right]
    likeliest = video.kind_reading.by_frame.argmax(axis=1)
    right = [LABELS[likeliest[index]] in video.kinds[index] for index in told]
    found = {
        "kind_accuracy": float(np.mean(right)),
        "kind_accuracy_majority": float(np.mean([USUAL_KIND in video.kinds[index] for index in told])),
    }
    if len({video.kinds[index] for index in told}) == 1:
        found["kind_accuracy_whole_video"] = float(video.kind_reading.kind.value in video.kinds[told[0]])
    return found


def mean_figures(rows: Sequence[tuple[str, Figures]]) -> Figures:
    """rows : (operation, figures) · an operation in two data sets counts once."""
    found: Figures = {}
    for key in dict.fromkeys(key for _, figures in rows for key in figures):
        found[key] = float(np.mean(list(_by_operation(rows, key).values())))
    return found


def mean_intervals(rows: Sequence[tuple[str, Figures]]) -> dict[str, list[float]]:
    """95 % of resampled operations; none for a single one."""
    random = np.random.default_rng(0)
    found = {}
    for key in dict.fromkeys(key for _, figures in rows for key in figures):
        values = np.array(list(_by_operation(rows, key).values()))
        if len(values) > 1:
            means = values[random.integers(0, len(values), (NUM_RESAMPLES, len(values)))].mean(axis=1)
            found[key] = [float(bound) for bound in np.percentile(means, INTERVAL)]
    return found


def _by_operation(rows: Sequence[tuple[str, Figures]], key: str) -> dict[str, float]:
    values: dict[str, list[float]] = {}
    for operation, figures in rows:
        if key in figures:
            values.setdefault(operation, []).append(figures[key])
    return {operation: float(np.mean(each)) for operation, each in values.items()}


POOLED: dict[str, tuple[str, tuple[int, ...]]] = {
    "anatomy_map_pooled": ("anatomy_prevalence_pooled", tuple(columns_of(ANATOMY.name, EYES_NAMES))),
    "cvs_map": ("cvs_prevalence", tuple(columns_of(CRITICAL_VIEW.name, EYES_NAMES))),
    "bleeding_ap": ("bleeding_prevalence", tuple(columns_of(BLEEDING.name, EYES_NAMES))),
}


def pooled_figures(videos: Sequence[JudgedVideo]) -> Figures:
    """Figures of all frames together, with prevalence beside each and every label of anatomy and criteria by name."""
    found: Figures = {}
    for key, (prevalence, columns) in POOLED.items():
        pairs = {column: pair for column in columns if (pair := _pooled(videos, column)) is not None}
        if pairs:
            found[key] = float(np.mean([precision for precision, _ in pairs.values()]))
            found[prevalence] = float(np.mean([share for _, share in pairs.values()]))
            found |= {f"ap {EYES_NAMES[column]}": precision for column, (precision, _) in pairs.items()}
            found |= {f"prevalence {EYES_NAMES[column]}": share for column, (_, share) in pairs.items()}
    inside = _pooled([video for video in videos if video.folder == "surgery-or-not"], OUTSIDE, is_inverted=True)
    if inside is not None:
        found["in_body_ap"], found["in_body_prevalence"] = inside
    return found


def pooled_intervals(videos: Sequence[JudgedVideo]) -> dict[str, list[float]]:
    """95 % of resampled operations."""
    random = np.random.default_rng(0)
    operations = sorted({video.operation for video in videos})
    if len(operations) < 2:
        return {}
    draws: list[Figures] = []
    for _ in range(NUM_RESAMPLES):
        drawn = random.choice(operations, len(operations))
        draws.append(_headlines([video for operation in drawn for video in videos if video.operation == operation]))
    keys = dict.fromkeys(key for draw in draws for key in draw)
    return {key: [float(b) for b in np.percentile([d[key] for d in draws if key in d], INTERVAL)] for key in keys}


def _headlines(videos: Sequence[JudgedVideo]) -> Figures:
    wanted = {*POOLED, "in_body_ap"}
    return {key: value for key, value in pooled_figures(videos).items() if key in wanted}


def _pooled(videos: Sequence[JudgedVideo], column: int, *, is_inverted: bool = False) -> tuple[float, float] | None:
    """(average precision, prevalence), operations weighted alike; None without positives and negatives."""
    truths, scores, weights = [], [], []
    for video in videos:
        known = ~np.isnan(video.truth[:, column])
        if known.any():
            truths.append((video.truth[known, column] >= IS_TRUE_FROM) != is_inverted)
            scores.append(_signed(video.probabilities[known, column], is_inverted))
            weights.append(np.full(known.sum(), 1 / known.sum()))
    if not truths:
        return None
    truth, weight = np.concatenate(truths), np.concatenate(weights)
    if truth.all() or not truth.any():
        return None
    precision = float(average_precision_score(truth, np.concatenate(scores), sample_weight=weight))
    return precision, float(weight[truth].sum() / weight.sum())


def _signed(values: Values, is_inverted: bool) -> Values:
    return 1 - values if is_inverted else values
