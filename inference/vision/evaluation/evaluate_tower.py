"""How well the tower sees a surgery it has never seen: leave one out, beside two baselines.

    python -m inference.evaluate tower --data DIR [--work DIR] [--json]

Each surgery's smoothing, calibration and phase settings are chosen on the *other* surgeries' held-out outputs. The last
line of --json is one object with instrument_map, phase_accuracy and phase_macro_f1, and the same of the baselines.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from inference.lab.arguments import CommandParser, count, new_folder, old_file, old_folder
from inference.lab.command_line import DEFAULT_WORK, SHIPPED_HEADS, SHIPPED_TOWER, say
from inference.vision.encoder import EncoderOptions, FrameEncoder
from inference.vision.evaluation.evaluate_simulator import evaluate_simulator
from inference.vision.evaluation.metrics import (
    accuracy,
    average_precision,
    calibration_error,
    macro_f1,
    mean_average_precision,
)
from inference.vision.evaluation.probe import frozen_features, probe_logits
from inference.vision.outputs import BODY, INSTRUMENT, PHASE, TARGET, VERB, columns_of
from inference.vision.phase_order import position_evidence
from inference.vision.smoothing import Values
from inference.vision.timeline import frame_probabilities
from inference.vision.training.calibrate import CLIP_S, fit_timeline_heads
from inference.vision.training.crossval import all_held_out, each_surgery, held_out, training_rows
from inference.vision.training.dataset import HeldOut, TrainingData
from inference.vision.training.fit import FitOptions
from inference.vision.training.prepare import training_data

Figures = dict[str, float]
COLUMNS = {
    "instrument_map": "instr mAP",
    "verb_map": "verb mAP",
    "target_map": "targ mAP",
    "phase_accuracy": "phase acc",
    "phase_macro_f1": "phase F1",
    "instrument_calibration_error": "instr ECE",
}
MULTI_LABEL = (INSTRUMENT, VERB, TARGET)


def main(arguments: Sequence[str] | None = None) -> None:
    options = _arguments(arguments)
    encoder = FrameEncoder(EncoderOptions(weights=options.tower, simulator=options.simulator))
    data = training_data(options.data, options.work, on_progress=say)
    outputs = all_held_out(data, work=options.work, options=FitOptions(num_steps=options.steps))
    report = evaluate(data, outputs)
    report |= simulated_figures(encoder, options.work)
    if options.json:
        print(json.dumps(report))
    else:
        print(table(report))


def simulated_figures(encoder: FrameEncoder, work: Path) -> Figures:
    """On simulated test videos: "simulated_..." of the simulator's heads, "tower_simulated_..." of the tower's own."""
    report = evaluate_simulator(encoder, work, say)
    return {
        f"{prefix}{key}": value
        for prefix, row in (
            ("simulated_", report.rows["heads"]),
            ("tower_simulated_", report.rows["tower's own outputs"]),
        )
        for key, value in row.items()
    }


def evaluate(data: TrainingData, outputs: list[HeldOut]) -> dict[str, Any]:
    """Per-surgery figures and their means for the tower and the baselines."""
    names = data.frames.output_names
    tower = [seen for seen in outputs if seen.video.startswith("VID")]
    rows = {
        "tower": [_judged(seen, _without(tower, seen), names) for seen in tower],
        "tower, 60-s clips": [_judged_by_clips(seen, _without(tower, seen), names) for seen in tower],
        "positions alone": [position_figures(seen, _without(tower, seen), names) for seen in tower],
        "tower, single frames": [single_frame_figures(seen, names) for seen in tower],
        "probe": [_judged(seen, _without(probe, seen), names) for probe in [_probe(data)] for seen in probe],
        "majority": [majority_figures(seen, _without(tower, seen), names) for seen in tower],
    }
    means = {
        name: {key: float(np.nanmean([one[key] for one in each])) for key in each[0]} for name, each in rows.items()
    }
    return {
        "surgeries": [seen.video for seen in tower],
        "per_surgery": rows,
        "mean": means,
        "outside_average_precision": _outside_precision(outputs, names),
        **{key: means["tower"][key] for key in ("instrument_map", "phase_accuracy", "phase_macro_f1")},
        **{f"probe_{key}": means["probe"][key] for key in ("instrument_map", "phase_accuracy", "phase_macro_f1")},
        **{f"majority_{key}": means["majority"][key] for key in ("instrument_map", "phase_accuracy", "phase_macro_f1")},
    }


def _judged(seen: HeldOut, others: list[HeldOut], names: tuple[str, ...]) -> Figures:
    """Smoothed and calibrated with settings from the other surgeries."""
    heads = fit_timeline_heads(others, names=names, encoder_id="")
    return figures(frame_probabilities(seen.logits, seen.timestamps_s, names=names, heads=heads), seen, names)


def _judged_by_clips(seen: HeldOut, others: list[HeldOut], names: tuple[str, ...]) -> Figures:
    """As if only a minute were known at a time: no positions, little order."""
    heads = fit_timeline_heads(others, names=names, encoder_id="")
    clips = np.floor(seen.timestamps_s / CLIP_S)
    parts = []
    for clip in np.unique(clips):
        rows = clips == clip
        times_s = seen.timestamps_s[rows] - clip * CLIP_S
        parts.append(frame_probabilities(seen.logits[rows], times_s, names=names, heads=heads))
    return figures(np.concatenate(parts), seen, names)


def position_figures(seen: HeldOut, others: list[HeldOut], names: tuple[str, ...]) -> Figures:
    """The phase that is usual at this share of the operation, without a look at the picture."""
    heads = fit_timeline_heads(others, names=names, encoder_id="")
    guess = _shares(others, seen)
    guess[:, columns_of(PHASE.name, names)] = position_evidence(seen.timestamps_s, np.array(heads.phase_positions))
    return figures(guess, seen, names)


def single_frame_figures(seen: HeldOut, names: tuple[str, ...]) -> Figures:
    """No smoothing, no phase order: each frame by itself."""
    probabilities = 1 / (1 + np.exp(-seen.logits))
    return figures(probabilities, seen, names)


def majority_figures(seen: HeldOut, others: list[HeldOut], names: tuple[str, ...]) -> Figures:
    """Always the commonest phase of the other surgeries, and each label as probable as it was there."""
    return figures(_shares(others, seen), seen, names)


def _shares(others: list[HeldOut], seen: HeldOut) -> Values:
    """How common each label was in the other surgeries, the same for every frame of this one : (T, C)"""
    known = [
        np.nan_to_num(other.truth).sum(axis=0) / np.maximum(1, (~np.isnan(other.truth)).sum(axis=0)) for other in others
    ]
    return np.tile(np.mean(known, axis=0), (len(seen.truth), 1))


def figures(probabilities: Values, seen: HeldOut, names: tuple[str, ...]) -> Figures:
    """probabilities : (T, C). Only labelled frames count; smoothing may have used the others."""
    result: Figures = {}
    for group in MULTI_LABEL:
        truth, said = _labelled(probabilities, seen, columns_of(group.name, names))
        result[f"{group.name}_map"] = mean_average_precision(truth, said)
    truth, said = _labelled(probabilities, seen, columns_of(INSTRUMENT.name, names))
    result["instrument_calibration_error"] = calibration_error(truth.ravel(), said.ravel())
    truth, said = _labelled(probabilities, seen, columns_of(PHASE.name, names))
    result["phase_accuracy"] = accuracy(truth.argmax(axis=1), said.argmax(axis=1))
    result["phase_macro_f1"] = macro_f1(truth.argmax(axis=1), said.argmax(axis=1))
    return result


def _labelled(probabilities: Values, seen: HeldOut, columns: list[int]) -> tuple[np.ndarray, Values]:
    known = ~np.isnan(seen.truth[:, columns]).any(axis=1)
    return seen.truth[known][:, columns] > 0.5, np.asarray(probabilities[known][:, columns])


def _probe(data: TrainingData) -> list[HeldOut]:
    features = frozen_features(data.views[0])
    found = []
    for surgery in each_surgery(data.frames):
        rows = training_rows(data, without=(surgery,))
        rows = rows[np.char.startswith(data.frames.videos[rows], "VID")]
        logits = probe_logits(features, data.frames, rows, groups=(PHASE, *MULTI_LABEL))
        found.append(held_out(data.frames, surgery, logits))
    return found


def _outside_precision(outputs: list[HeldOut], names: tuple[str, ...]) -> float:
    """Out-of-body frames among all held-out frames of the other collections."""
    (column,) = columns_of(BODY.name, names)
    pairs = [(seen.truth[:, column], seen.logits[:, column]) for seen in outputs if not seen.video.startswith("VID")]
    if not pairs:
        return float("nan")
    truth, scores = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    return average_precision(truth[~np.isnan(truth)] > 0.5, scores[~np.isnan(truth)])


def _without(surgeries: list[HeldOut], one: HeldOut) -> list[HeldOut]:
    return [other for other in surgeries if other.video != one.video]


def table(report: dict[str, Any]) -> str:
    """One row for each way of judging and surgery."""
    lines = [f"{'leave one surgery out':<30}" + "".join(f"{title:>10}" for title in COLUMNS.values())]
    for name, each in report["per_surgery"].items():
        for video, row in zip(report["surgeries"], each, strict=True):
            lines.append(_line(f"{name}, {video}", row))
        lines.append(_line(f"{name}, mean", report["mean"][name]))
    lines.append(f"out-of-body average precision on held-out videos: {report['outside_average_precision']:.3f}")
    lines += [f"{key.replace('_', ' ')}: {value:.3f}" for key, value in report.items() if "simulated_" in key]
    return "\n".join(lines)


def _line(title: str, row: Figures) -> str:
    return f"{title:<30}" + "".join(f"{row[key]:>10.3f}" for key in COLUMNS)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = CommandParser("evaluate tower", __doc__)
    parser.add_argument(
        "--data", type=old_folder, required=True, help="folder that holds cholect50/ and stanford-frames/"
    )
    parser.add_argument("--tower", type=old_file, default=SHIPPED_TOWER, help="the tower judged on simulated videos")
    parser.add_argument("--simulator", type=old_file, default=SHIPPED_HEADS, help="the heads judged on the same videos")
    parser.add_argument(
        "--work", type=new_folder, default=DEFAULT_WORK, help="where views and held-out outputs are kept"
    )
    parser.add_argument("--steps", type=count, default=FitOptions().num_steps)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
