"""How well the shipped eyes see labelled videos, as the product would read them.

    python -m inference.evaluate vision --data DIR [--json] [--predictions FILE] [--retrain] [--work DIR]

Judges whichever of the known folders lie in DIR. With --retrain each operation is judged by eyes that have not seen it
(five folds, trained from all of DIR and kept in --work); without, by the shipped ones: `was_trained_on` says of each
video whether they have. The last line of --json is one object: means over operations, `per_video`, `per_folder`,
`intervals` and, beside each figure, what guessing gives.
"""

import argparse
import csv
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from inference.datasets.operations import NUM_FOLDS
from inference.lab.arguments import CommandParser, count, new_file, new_folder, old_file, old_folder
from inference.lab.command_line import DEFAULT_WORK, WEIGHTS, say
from inference.vision.encoder import EncoderOptions, FrameEncoder
from inference.vision.evaluation.figures import (
    Figures,
    mean_figures,
    mean_intervals,
    pooled_figures,
    pooled_intervals,
    video_figures,
)
from inference.vision.evaluation.mask_iou import drawn_frames, mask_figures
from inference.vision.evaluation.predictions import (
    JUDGED_FOLDERS,
    JudgedVideo,
    by_video,
    encoded_rows,
    judged_frames,
    judged_video,
    missing_folders,
)
from inference.vision.eyes.video_kind import LABELS
from inference.vision.outputs import EYES_NAMES
from inference.vision.training.eyes_fit import EyesFitOptions
from inference.vision.training.eyes_folds import kept_branch, kind_data, out_of_fold_rows
from inference.vision.training.eyes_settings import fit_settings
from inference.vision.training.phase_settings import fold_phase_reads
from inference.vision.training.train_eyes import training_data

HEADLINES = (
    "phase_accuracy", "phase_macro_f1", "instrument_map", "anatomy_map", "cvs_map", "bleeding_ap", "in_body_ap",
    "kind_accuracy",
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    options = _arguments(arguments)
    torch.set_num_threads(options.threads)
    missing = missing_folders(options.data)
    videos, of_masks = retrained(options) if options.retrain else (shipped(options), {})
    if missing:
        print(f"not in {options.data}, so not judged: {', '.join(missing)}", file=sys.stderr)
    if options.predictions:
        write_predictions(options.predictions, videos)
    report = judged(videos) | dict(of_masks) | {"weights": "retrained, five folds" if options.retrain else "shipped"}
    print(table(report))
    if options.json:
        print(json.dumps(report))


def shipped(options: argparse.Namespace) -> list[JudgedVideo]:
    """Raises FileNotFoundError without a folder to judge, ModelMissing without eyes."""
    encoder = FrameEncoder(EncoderOptions(weights=options.tower, eyes=options.eyes))
    assert encoder.eyes is not None
    frames = judged_frames(options.data)
    rows = encoded_rows(frames, encoder, options.work, say)
    readers, settings = encoder.eyes.readers, encoder.eyes.settings
    return [
        judged_video([frames[place] for place in places], rows[places], readers=readers, settings=settings)
        for places in by_video(frames).values()
    ]


def retrained(options: argparse.Namespace) -> tuple[list[JudgedVideo], Mapping[str, float]]:
    """Each by a branch, a kind head and readers that have not seen its operation; settings from the other folds. Beside
    them how well the same branches say where anatomy lies."""
    data = training_data(options.data, options.work)
    kinds = kind_data(data)
    fit_options = EyesFitOptions(num_steps=options.steps)
    rows = out_of_fold_rows(data, kinds, fit_options, options.work, say)
    reads = fold_phase_reads(data, rows, options.work, say)
    settings = [fit_settings(data, kinds, rows, reads, without_fold=fold) for fold in range(NUM_FOLDS)]
    found = []
    for (folder, video), places in by_video(data.frames).items():
        fold = data.fold(places[0])
        if folder in JUDGED_FOLDERS and fold is not None:
            frames = [data.frames[place] for place in places]
            read = reads.get(f"{folder}/{video}")
            found.append(judged_video(frames, rows[places], settings=settings[fold], read=read))
    drawn = drawn_frames(data, lambda fold: kept_branch(data, fold, fit_options, options.work, say))
    return found, mask_figures(drawn) if drawn is not None else {}


def judged(videos: Sequence[JudgedVideo]) -> dict[str, Any]:
    """Means over operations; baselines; a row for each folder and video."""
    rows = [(video, video_figures(video, videos)) for video in videos]
    report: dict[str, Any] = _whole(rows)
    report["intervals"] = mean_intervals([(video.operation, row) for video, row in rows]) | pooled_intervals(videos)
    report["per_folder"] = {
        folder: _whole([(video, row) for video, row in rows if video.folder == folder])
        for folder in dict.fromkeys(video.folder for video in videos)
    }
    report["per_video"] = [_row(video, row) for video, row in rows]
    return report


def _whole(rows: Sequence[tuple[JudgedVideo, Figures]]) -> dict[str, Any]:
    operations = {video.operation for video, _ in rows}
    means = mean_figures([(video.operation, row) for video, row in rows])
    return {"num_operations": len(operations), **means, **pooled_figures([video for video, _ in rows])}


def _row(video: JudgedVideo, figures: Figures) -> dict[str, Any]:
    return {
        "folder": video.folder,
        "video": video.video,
        "operation": video.operation,
        "num_frames": len(video.files),
        "was_trained_on": video.was_trained_on,
        "kind": video.kind_reading.kind.value,
        "kind_probability": round(video.kind_reading.probability, 4),
        **figures,
    }


def write_predictions(path: Path, videos: Sequence[JudgedVideo]) -> None:
    """CSV: folder, video, frame, output, probability, truth (empty where it is not known)."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("folder", "video", "frame", "output", "probability", "truth"))
        for video in videos:
            writer.writerows(_predicted(video))


def _predicted(video: JudgedVideo) -> Iterator[tuple[str, str, str, str, str, str]]:
    for index, file in enumerate(video.files):
        place = (video.folder, video.video, file)
        for column, name in enumerate(EYES_NAMES):
            said, truth = video.probabilities[index, column], video.truth[index, column]
            if not np.isnan(said):
                yield *place, name, f"{said:.5f}", "" if np.isnan(truth) else f"{truth:g}"
        for column, label in enumerate(LABELS):
            right = str(int(label in video.kinds[index])) if video.kinds[index] else ""
            yield *place, f"kind/{label}", f"{video.kind_reading.by_frame[index, column]:.5f}", right


BASELINES = {
    "phase_accuracy": (
        "clip_phase_accuracy",
        "clip_phase_told_share",
        "clip_phase_told_right",
        "phase_accuracy_majority",
        "phase_accuracy_position",
        "phase_accuracy_frame_alone",
    ),
    "instrument_map": ("instrument_prevalence",),
    "anatomy_map": ("anatomy_prevalence", "anatomy_map_pooled", "anatomy_prevalence_pooled"),
    "cvs_map": ("cvs_prevalence",),
    "bleeding_ap": ("bleeding_prevalence",),
    "in_body_ap": ("in_body_prevalence",),
    "kind_accuracy": ("kind_accuracy_majority", "kind_accuracy_whole_video"),
}


def table(report: dict[str, Any]) -> str:
    """The headlines with interval and baselines, then by folder, then by video."""
    lines = [f"{report['weights']}, {report['num_operations']} operations"]
    for key in HEADLINES:
        if key in report:
            low, high = report["intervals"].get(key, (float("nan"), float("nan")))
            beside = ", ".join(f"{name} {report[name]:.3f}" for name in BASELINES.get(key, ()) if name in report)
            lines.append(f"{key:<16} {report[key]:.3f} [{low:.3f}, {high:.3f}]  {beside}")
    named = ("mean ap ", "mean prevalence ", "ap ", "prevalence ", "mask_iou")
    lines += [f"{key} {value:.3f}" for key, value in report.items() if key.startswith(named)]
    for folder, row in report["per_folder"].items():
        lines.append(f"{folder:<22} {row['num_operations']:>3} operations  {_short(row)}")
    for row in report["per_video"]:
        if "phase_accuracy" in row or "instrument_map" in row:
            seen = "trained on" if row["was_trained_on"] else ""
            lines.append(f"  {row['folder']:<20} {row['video']:<8} {_short(row)} {seen}")
    return "\n".join(lines)


def _short(row: dict[str, Any]) -> str:
    return "  ".join(f"{key} {row[key]:.3f}" for key in HEADLINES if key in row)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = CommandParser("evaluate vision", __doc__)
    parser.add_argument("--data", type=old_folder, required=True, help="folder that holds the data sets' folders")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    parser.add_argument("--predictions", type=new_file, help="write every output of every frame as CSV")
    parser.add_argument("--retrain", action="store_true", help="judge each operation by eyes that have not seen it")
    parser.add_argument("--tower", type=old_file, default=WEIGHTS / "vision_tower.safetensors")
    parser.add_argument("--eyes", type=old_file, default=WEIGHTS / "eyes.safetensors")
    parser.add_argument(
        "--work", type=new_folder, default=DEFAULT_WORK, help="where features and folds' outputs are kept"
    )
    parser.add_argument("--steps", type=count, default=EyesFitOptions().num_steps, help="of a fold's training")
    parser.add_argument("--threads", type=count, default=1)
    return parser.parse_args(arguments)
