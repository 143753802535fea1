"""What kind of video a recording is, as its frames tell, and which of its frames belong to that kind."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.evidence.kinds import VideoKind
from inference.vision.eyes.settings import EyesSettings
from inference.vision.outputs import KIND
from inference.vision.smoothing import Values, gaussian_smooth

# Kinds whose frames are the inside of a body: a frame that is strange is none of these.
INSIDE_KINDS = frozenset({VideoKind.LAPAROSCOPIC_CHOLECYSTECTOMY, VideoKind.OTHER_LAPAROSCOPY})
LABELS = (*KIND.labels, VideoKind.UNKNOWN.value)
# Below this no kind is named.
MIN_KIND_PROBABILITY = 0.6
# All that was learnt of it stems from one source: operations of other organs that nobody trained on look more like it
# than like a cholecystectomy (robotic ones 0.67 and 0.75), and what is watched in it must not speak of them.
MIN_OTHER_LAPAROSCOPY_PROBABILITY = 0.8
# Of a video that is unknown, the likeliest kind is told from here on: a street looks like no operation at all.
MIN_LIKELIEST_PROBABILITY = 0.2
# A recording is not what its pauses are: frames outside the body count only where there is little else.
MIN_INSIDE_SHARE = 0.1
# Strange frames stand alone or in stretches; a stretch of some seconds is left out of what is told.
STRANGE_SMOOTHING_S = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class KindReading:
    """`by_frame` : (T, K + 1), columns LABELS, rows sum to 1 · `is_strange` : (T,), frames of no kind that is known ·
    `likeliest` : the known kind that is most probable, with its probability, whether or not that is enough to be told;
    what is "unknown" is told with the probability that it is not that one."""

    kind: VideoKind
    probability: float
    likeliest: VideoKind
    likeliest_probability: float
    by_frame: Values
    is_strange: NDArray[np.bool_]


def read_kind(logits: Values, strangeness: Values, timestamps_s: Values, settings: EyesSettings) -> KindReading:
    """logits : (T, K) of the kinds · strangeness : (T,)"""
    by_frame = kind_probabilities(logits, strangeness, settings)
    strange = gaussian_smooth(_strange(strangeness, settings)[:, None], timestamps_s, STRANGE_SMOOTHING_S)[:, 0]
    return reading_of(by_frame[_counted(by_frame)].mean(axis=0), by_frame=by_frame, is_strange=strange >= 0.5)


def reading_of(whole: Values, *, by_frame: Values, is_strange: NDArray[np.bool_]) -> KindReading:
    """whole : (K + 1), columns LABELS, of a whole recording; its likeliest kind, if likely enough to be named."""
    winner = int(whole[: len(KIND.labels)].argmax())
    probability, likeliest = float(whole[winner]), VideoKind(LABELS[winner])
    is_known = probability >= bar_of(likeliest)
    return KindReading(
        kind=likeliest if is_known else VideoKind.UNKNOWN,
        probability=probability if is_known else 1 - probability,
        likeliest=likeliest,
        likeliest_probability=probability,
        by_frame=by_frame,
        is_strange=is_strange,
    )


def bar_of(kind: VideoKind) -> float:
    """How probable a kind has to be to be named."""
    return MIN_OTHER_LAPAROSCOPY_PROBABILITY if kind is VideoKind.OTHER_LAPAROSCOPY else MIN_KIND_PROBABILITY


def kind_probabilities(logits: Values, strangeness: Values, settings: EyesSettings) -> Values:
    """returns : (T, K + 1), columns LABELS. What a strange frame had for the inside of something goes to "unknown"."""
    raised = np.exp((logits - logits.max(axis=1, keepdims=True)) / settings.kind_temperature)
    said = raised / raised.sum(axis=1, keepdims=True)
    strange = _strange(strangeness, settings)[:, None]
    inside = np.array([VideoKind(label) in INSIDE_KINDS for label in KIND.labels])
    kept = np.where(inside, said * (1 - strange), said)
    return np.concatenate([kept, 1 - kept.sum(axis=1, keepdims=True)], axis=1)


def _strange(strangeness: Values, settings: EyesSettings) -> Values:
    return np.asarray(1 / (1 + np.exp(-settings.strange_slope * (strangeness - settings.strange_from))))


def _counted(by_frame: Values) -> NDArray[np.bool_]:
    """Frames that say what the recording is of : (T,)"""
    outside = by_frame[:, LABELS.index(VideoKind.OUTSIDE_BODY.value)] >= 0.5
    return ~outside if (~outside).mean() >= MIN_INSIDE_SHARE else np.ones(len(by_frame), dtype=bool)
