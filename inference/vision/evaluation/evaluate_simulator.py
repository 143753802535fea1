"""How well simulated videos of unseen seeds are read, beside four baselines.

    python -m inference.evaluate simulator-heads [--work DIR] [--transcoded 1] [--json]

Test videos: 12 of each exercise, 30 to 60 s, and 12 operations of 90 to 150 s; skills from 0 to 1, 854 x 480,
sampled at full seconds, through the product's codecs.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

from inference.errors import ModelUntrained
from inference.lab.arguments import CommandParser, new_folder, old_file, whole
from inference.lab.command_line import DEFAULT_WORK, SHIPPED_HEADS, SHIPPED_TOWER, say
from inference.progress import ProgressCallback, ignore_progress
from inference.simulator.spec import TASKS
from inference.vision.encoder import EncoderOptions, FrameEncoder
from inference.vision.evaluation.metrics import Values, calibration_error
from inference.vision.evaluation.simulator_figures import (
    Figures,
    commonest_confusions,
    figures,
    majority_logits,
    position_logits,
    rows_of,
    tower_logits_of,
)
from inference.vision.evaluation.simulator_product import transcoded
from inference.vision.outputs import TIMELINE_GESTURE
from inference.vision.training.sampled_video import SampledVideo
from inference.vision.training.simulator_targets import joined, targets_of
from inference.vision.training.simulator_videos import TEST_DURATIONS_S, plans, sampled_videos

CLIP_S = 15
COLUMNS = {
    "instrument_map": "instr mAP",
    "gesture_accuracy": "gest acc",
    "gesture_macro_f1": "gest F1",
    "phase_accuracy": "phase acc",
    "task_accuracy": "task acc",
    **{f"gesture_accuracy_{task}": task.replace("_", " ")[:9] for task in TASKS},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`rows` : figures by what was asked · `confusions` : of gestures, the commonest first."""

    num_videos: int
    num_frames: int
    rows: dict[str, Figures]
    gesture_calibration_error: float
    confusions: list[str]


def main(arguments: Sequence[str] | None = None) -> None:
    options = _arguments(arguments)
    cv2.setNumThreads(1)
    encoder = FrameEncoder(EncoderOptions(weights=options.tower, simulator=options.heads))
    report = evaluate_simulator(encoder, options.work, say)
    if options.transcoded:
        report.rows.update(transcoded_rows(encoder, options.work, count=options.transcoded * len(TASKS)))
    print(json.dumps(asdict(report)) if options.json else table(report))


def evaluate_simulator(encoder: FrameEncoder, work: Path, on_progress: ProgressCallback = ignore_progress) -> Report:
    """Raises ModelUntrained without trained heads. What is usual comes from the training videos; nothing is chosen on
    the test videos."""
    if encoder.heads is None or encoder.simulator is None:
        raise ModelUntrained("the simulator's heads or the tower's are missing")
    heads, own = encoder.simulator, encoder.heads
    videos = sampled_videos("test", encoder, work, on_progress)
    train = sampled_videos("train", encoder, work, on_progress)
    rows_by_video = [rows_of(heads, video) for video in videos]
    read = [heads.logits(rows) for rows in rows_by_video]
    clips = [np.concatenate([heads.logits(part) for part in torch.split(rows, CLIP_S)]) for rows in rows_by_video]
    alone = [heads.logits(rows, alone=True) for rows in rows_by_video]
    rows: dict[str, Figures] = {
        "heads": figures(read, videos),
        "heads, videos of 30-60 s": figures(*_short(read, videos)),
        f"heads, {CLIP_S}-s clips": figures(clips, videos),
        "heads, each frame alone": figures(alone, videos),
        "tower's own outputs": figures([tower_logits_of(own, video) for video in videos], videos),
        "exercise and position known": figures(position_logits(train, videos), videos),
        "majority": figures(majority_logits(train, videos), videos),
    }
    said = heads.probabilities(np.concatenate(read))
    gestures = np.stack([said[name] for name in TIMELINE_GESTURE.output_names], axis=1)
    is_right = gestures.argmax(axis=1) == joined([targets_of(video) for video in videos]).gesture.numpy()
    return Report(
        num_videos=len(videos),
        num_frames=len(gestures),
        rows=rows,
        gesture_calibration_error=calibration_error(is_right, gestures.max(axis=1)),
        confusions=commonest_confusions(read, videos),
    )


def _short(logits: list[Values], videos: list[SampledVideo]) -> tuple[list[Values], list[SampledVideo]]:
    """Without the long operations."""
    kept = [index for index, video in enumerate(videos) if len(video.truths) <= max(TEST_DURATIONS_S)]
    return [logits[index] for index in kept], [videos[index] for index in kept]


def transcoded_rows(encoder: FrameEncoder, work: Path, *, count: int) -> dict[str, Figures]:
    """The first `count` test videos, sampled directly and by the product's whole way."""
    if encoder.simulator is None:
        raise ModelUntrained("the simulator's heads are missing")
    heads = encoder.simulator
    videos = sampled_videos("test", encoder, work)[:count]
    found = [transcoded(video, plan, encoder) for video, plan in zip(videos, plans("test"), strict=False)]
    return {
        f"{count} videos, as sampled": figures([heads.logits(rows_of(heads, video)) for video in videos], videos),
        f"{count} videos, transcoded": figures([heads.logits(rows_of(heads, video)) for video in found], found),
    }


def table(report: Report) -> str:
    lines = [f"{'':28s}" + "".join(f"{title:>11s}" for title in COLUMNS.values())]
    lines += [f"{name:28s}" + "".join(f"{row[key]:11.3f}" for key in COLUMNS) for name, row in report.rows.items()]
    lines += [
        f"{report.num_videos} videos, {report.num_frames} frames",
        f"calibration error of the gestures' probabilities: {report.gesture_calibration_error:.3f}",
        *report.confusions,
    ]
    return "\n".join(lines)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = CommandParser("evaluate simulator-heads", __doc__)
    parser.add_argument("--tower", type=old_file, default=SHIPPED_TOWER)
    parser.add_argument("--heads", type=old_file, default=SHIPPED_HEADS)
    parser.add_argument("--work", type=new_folder, default=DEFAULT_WORK, help="where drawn and encoded videos are kept")
    parser.add_argument(
        "--transcoded", type=whole, default=0, help="videos of each exercise that also go the product's whole way: slow"
    )
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)
