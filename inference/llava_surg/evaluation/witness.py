"""What the heads say of a labelled surgery that they have not seen: probabilities by frame, and the facts of a clip.

The towers are those of `python -m inference.evaluate tower`: one for each surgery, trained on the others, with its
smoothing and calibration fitted on the others too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.datasets.cholect50 import MAX_GAP_S, LabelledVideo
from inference.evidence.fact import Fact
from inference.llava_surg.evaluation.cases import EvaluationClip
from inference.vision.evaluation.evaluate_tower import all_held_out
from inference.vision.outputs import INSTRUMENT, PHASE, TARGET, VERB
from inference.vision.timeline import SEGMENT_OFF, SEGMENT_ON, TimelineHeads, frame_probabilities
from inference.vision.training.calibrate import fit_timeline_heads
from inference.vision.training.fit import FitOptions
from inference.vision.training.prepare import training_data

LANES = frozenset(group.name for group in (PHASE, INSTRUMENT, VERB, TARGET))
PHASE_LANE = PHASE.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """`probabilities`: (T, C), calibrated and smoothed over time; `names`: "lane/label" of the columns."""

    video: LabelledVideo
    names: tuple[str, ...]
    probabilities: NDArray[np.float64]
    shown: frozenset[str]

    def column(self, name: str) -> NDArray[np.float64]:
        return np.asarray(self.probabilities[:, self.names.index(name)])

    def phases(self) -> list[str]:
        """The likeliest phase of each frame."""
        columns = [index for index, name in enumerate(self.names) if name.startswith(f"{PHASE_LANE}/")]
        winners = self.probabilities[:, columns].argmax(axis=1)
        return [self.names[columns[winner]].split("/", 1)[1] for winner in winners]

    def facts(self, clip: EvaluationClip) -> tuple[Fact, ...]:
        """As the timeline would show them, times relative to the clip."""
        facts: list[Fact] = []
        phases = self.phases()
        for index, name in enumerate(self.names):
            lane, label = name.rsplit("/", 1)
            if lane not in LANES:
                continue
            column = self.probabilities[:, index]
            if lane == PHASE_LANE:
                held = [frame for frame in range(clip.first, clip.last) if phases[frame] == label]
            else:
                held = [frame for frame in range(clip.first, clip.last) if column[frame] >= SEGMENT_OFF]
            for run in _runs(held, self.video.seconds):
                if lane != PHASE_LANE and (column[run].max() < SEGMENT_ON or name not in self.shown):
                    continue
                facts.append(self._fact(lane, label, run, clip, float(column[run].mean())))
        return tuple(facts)

    def _fact(self, lane: str, label: str, run: Sequence[int], clip: EvaluationClip, probability: float) -> Fact:
        origin_s = self.video.seconds[clip.first]
        return Fact(
            lane=lane,
            label=label,
            start_s=float(self.video.seconds[run[0]] - origin_s),
            end_s=float(self.video.seconds[run[-1]] - origin_s + 1),
            probability=probability,
        )


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
        witnesses[video.name] = Witness(video=video, names=names, probabilities=said[rows], shown=shown)
    return witnesses


def _runs(frames: Sequence[int], seconds: Sequence[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for frame in frames:
        if runs and runs[-1][-1] == frame - 1 and seconds[frame] - seconds[frame - 1] <= MAX_GAP_S:
            runs[-1].append(frame)
        else:
            runs.append([frame])
    return runs
