"""Witnesses that have not seen the surgery: the towers of `python -m inference.evaluate tower`, one for each surgery,
trained on the others, with smoothing and calibration fitted on the others too."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from inference.datasets.cholect50 import LabelledVideo
from inference.llava_surg.evaluation.witness import Witness, operation_cut
from inference.vision.timeline import TimelineHeads, frame_probabilities
from inference.vision.training.calibrate import fit_timeline_heads
from inference.vision.training.crossval import all_held_out
from inference.vision.training.fit import FitOptions
from inference.vision.training.prepare import training_data


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
