"""What eyes say of a labelled surgery: probabilities by frame, and the facts of a clip, cut as the product cuts them.

Those of `held_out_witnesses` have not seen the surgery: they are the towers of `python -m inference.evaluate tower`,
one for each surgery, trained on the others, with smoothing and calibration fitted on the others too.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.datasets.cholect50 import LabelledVideo
from inference.evidence.fact import Fact
from inference.llava_surg.evaluation.cases import EvaluationClip
from inference.vision.cutting import Probabilities
from inference.vision.evaluation.evaluate_tower import all_held_out
from inference.vision.outputs import PHASE
from inference.vision.timeline import TimelineHeads, frame_probabilities, operation_segments
from inference.vision.training.calibrate import fit_timeline_heads
from inference.vision.training.fit import FitOptions
from inference.vision.training.prepare import training_data

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


def frames_by_second(clip: EvaluationClip) -> NDArray[np.int64]:
    """The frame that stands for each second of a clip: frames are sparse, and each holds until the next."""
    seconds = np.arange(round(clip.length_s)) + clip.video.seconds[clip.first]
    return np.searchsorted(clip.video.seconds, seconds, side="right").astype(np.int64) - 1


def operation_cut(shown: Iterable[str]) -> Cut:
    """The tower's own: smallest winner, shortest stretch, and nothing while the camera is outside the body."""
    names = tuple(sorted(shown))
    return lambda said: operation_segments(said, names, 1.0)


def held_out_witnesses(
    videos: Sequence[LabelledVideo], *, data_dir: Path, work: Path, heads: TimelineHeads | None
) -> dict[str, Witness]:
    """Trains the towers if their outputs are not kept in `work` yet. `heads`: whose outputs are good enough to show."""
    data = training_data(data_dir, work)
    names = data.frames.output_names
    seen = [one for one in all_held_out(data, work=work, options=FitOptions()) if one.video.startswith("VID")]
    witnesses: dict[str, Witness] = {}
    for video in videos:
        own = next(one for one in seen if one.video == video.name)
        fitted = fit_timeline_heads([one for one in seen if one.video != video.name], names=names, encoder_id="")
        said = frame_probabilities(own.logits, own.timestamps_s, names=names, heads=fitted)
        rows = np.searchsorted(own.timestamps_s, np.array(video.seconds, dtype=np.float64))
        shown = frozenset(heads.shown if heads is not None else names)
        witnesses[video.name] = Witness(
            video=video, names=names, probabilities=said[rows], shown=shown, cut=operation_cut(shown)
        )
    return witnesses
