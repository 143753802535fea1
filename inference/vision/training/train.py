"""Trains the vision tower and writes it beside its timeline settings.

    python -m inference.train tower --data DIR --out inference/weights/vision_tower.safetensors [--holdout VID68]

Without --holdout it trains on all surgeries; smoothing and calibration come from towers that were each trained without
one (as `python -m inference.evaluate tower` does). With --holdout the named surgery is left out and judged at the end.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from inference.datasets.cholect50 import surgeries_without
from inference.lab.arguments import CommandParser, count, new_file, new_folder, old_folder
from inference.lab.command_line import DEFAULT_WORK, say
from inference.vision.artifacts import describe_timeline_heads
from inference.vision.evaluation.evaluate_tower import single_frame_figures
from inference.vision.evaluation.metrics import average_precision
from inference.vision.evaluation.simulated_judge import held_out_simulations
from inference.vision.timeline import TimelineHeads
from inference.vision.training.calibrate import fit_timeline_heads
from inference.vision.training.crossval import all_held_out, held_out, training_rows
from inference.vision.training.dataset import HeldOut, TrainingData
from inference.vision.training.fit import FitOptions, fit_tower
from inference.vision.training.prepare import training_data
from inference.vision.training.tower_file import save_tower

TIMELINE_FILE = "timeline_heads.json"
# An output is shown where, on surgeries its tower had not seen, its average precision is at least this and twice what
# guessing gives. What was never seen twice there is not shown.
MIN_SHOWN_PRECISION = 0.3
MIN_SHOWN_COUNT = 10


def main(arguments: Sequence[str] | None = None) -> None:
    options = _arguments(arguments)
    left_out = (options.holdout,) if options.holdout else ()
    trained_on = surgeries_without(options.data, left_out)
    data = training_data(options.data, options.work, on_progress=say)
    fit_options = FitOptions(num_steps=options.steps)
    rows = training_rows(data, without=left_out)
    tower = fit_tower(data.frames, data.views, rows, groups=data.groups, options=fit_options, on_progress=say)
    encoder_id = save_tower(tower, options.out, trained_on=trained_on)
    print(f"{options.out.name}: {encoder_id}, {options.out.stat().st_size / 1e6:.1f} MB")
    if options.holdout:
        seen = held_out(data.frames, options.holdout, tower.logits(data.views[0]))
        print(json.dumps(single_frame_figures(seen, data.frames.output_names)))
        return
    outputs = all_held_out(data, work=options.work, options=fit_options)
    outputs += held_out_simulations(tower, data, work=options.work)
    heads = fit_timeline_heads(
        outputs, names=data.frames.output_names, encoder_id=encoder_id, shown=worth_showing(outputs, data)
    )
    save_timeline_heads(heads, options.out.with_name(TIMELINE_FILE), trained_on=trained_on)


def save_timeline_heads(heads: TimelineHeads, path: Path, *, trained_on: Sequence[str] = ()) -> None:
    """With its manifest beside it. `trained_on` : the surgeries that settings and calibration were fitted on."""
    content: Mapping[str, object] = {
        "encoder_id": heads.encoder_id,
        "smoothing_s": dict(heads.smoothing_s),
        "platt": {name: [round(value, 5) for value in pair] for name, pair in heads.platt.items()},
        "phase": asdict(heads.phase),
        "clip_phase": asdict(heads.clip_phase),
        "phase_rates_per_s": [[round(rate, 8) for rate in row] for row in heads.phase_rates_per_s],
        "phase_positions": [[round(share, 5) for share in row] for row in heads.phase_positions],
        "shown": list(heads.shown),
    }
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    describe_timeline_heads(path, encoder_id=heads.encoder_id, trained_on=trained_on)


def worth_showing(outputs: list[HeldOut], data: TrainingData) -> tuple[str, ...]:
    """Names of outputs that held up on videos their tower had not seen; exclusive groups are kept whole."""
    shown = []
    for group in data.groups:
        for name in group.output_names:
            if name.rpartition("/")[2].startswith("null_"):
                continue
            if group.is_exclusive or _holds_up(outputs, data.frames.output_names.index(name)):
                shown.append(name)
    return tuple(shown)


def _holds_up(outputs: list[HeldOut], column: int) -> bool:
    truth = np.concatenate([seen.truth[:, column] for seen in outputs])
    scores = np.concatenate([seen.logits[:, column] for seen in outputs])
    known = ~np.isnan(truth)
    positive = truth[known] > 0.5
    if positive.sum() < MIN_SHOWN_COUNT:
        return False
    precision = average_precision(positive, scores[known])
    return precision >= max(MIN_SHOWN_PRECISION, 2 * float(positive.mean())) or positive.mean() > 0.5


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = CommandParser("train tower", __doc__)
    parser.add_argument(
        "--data", type=old_folder, required=True, help="folder that holds cholect50/ and stanford-frames/"
    )
    parser.add_argument(
        "--out", type=new_file, required=True, help="where the tower goes; timeline_heads.json beside it"
    )
    parser.add_argument("--holdout", default="", help="a surgery to leave out and judge")
    parser.add_argument(
        "--work", type=new_folder, default=DEFAULT_WORK, help="where views and held-out outputs are kept"
    )
    parser.add_argument("--steps", type=count, default=FitOptions().num_steps)
    return parser.parse_args(arguments)
