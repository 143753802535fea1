"""What eyes say of a labelled surgery: probabilities by frame, and facts of a clip, cut as the product cuts them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.datasets.cholect50 import LabelledVideo
from inference.evidence.fact import Fact
from inference.llava_surg.evaluation.cases import EvaluationClip, frames_by_second
from inference.vision.cutting import Probabilities
from inference.vision.outputs import PHASE
from inference.vision.timeline import operation_segments

PHASE_LANE = PHASE.name
# From probabilities, one value a second, to the facts of those seconds.
Cut = Callable[[Probabilities], Iterable[Fact]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """`probabilities`: (T, C), calibrated and smoothed over time; `names`: "lane/label" of the columns; `cut`: how they
    become facts."""

    video: LabelledVideo
    names: tuple[str, ...]
    probabilities: NDArray[np.float64]
    shown: frozenset[str]
    cut: Cut

    def column(self, name: str) -> NDArray[np.float64]:
        return np.asarray(self.probabilities[:, self.names.index(name)])

    def phases(self) -> list[str]:
        """The likeliest phase of each frame."""
        columns = [index for index, name in enumerate(self.names) if name.startswith(f"{PHASE_LANE}/")]
        winners = self.probabilities[:, columns].argmax(axis=1)
        return [self.names[columns[winner]].split("/", 1)[1] for winner in winners]

    def facts(self, clip: EvaluationClip) -> tuple[Fact, ...]:
        """As the timeline would show them, times relative to the clip."""
        rows = frames_by_second(clip)
        return tuple(self.cut(dict(zip(self.names, self.probabilities[rows].T, strict=True))))


def operation_cut(shown: Iterable[str]) -> Cut:
    """The tower's own: smallest winner, shortest stretch, and nothing while the camera is outside the body."""
    names = tuple(sorted(shown))
    return lambda said: operation_segments(said, names, 1.0)
