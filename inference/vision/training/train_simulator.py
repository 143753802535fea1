"""Draws simulated videos, trains the heads that read them, and writes them beside the tower.

    python -m inference.train simulator-heads --out inference/weights/simulator_heads.safetensors

Frames are drawn, compressed and encoded once and kept in --work (4 GB). Prints the figures of the validation videos;
`python -m inference.evaluate simulator-heads` judges on test videos, whose seeds serve nothing else.
"""

import argparse
import json
from collections.abc import Sequence

import cv2
import torch

from inference.lab.arguments import CommandParser, count, new_file, new_folder, old_file, whole
from inference.lab.command_line import DEFAULT_WORK, SHIPPED_TOWER, say
from inference.vision.encoder import EncoderOptions, FrameEncoder
from inference.vision.evaluation.simulator_figures import figures, rows_of
from inference.vision.simulated.heads import SimulatorHeads
from inference.vision.training.sampled_video import SampledVideo
from inference.vision.training.simulator_calibrate import UNCALIBRATED, fit_calibration
from inference.vision.training.simulator_fit import SimulatorFitOptions, fit_simulator
from inference.vision.training.simulator_targets import targets_of
from inference.vision.training.simulator_videos import sampled_videos


def main(arguments: Sequence[str] | None = None) -> None:
    options = _arguments(arguments)
    torch.set_num_threads(options.threads)
    cv2.setNumThreads(1)
    encoder = FrameEncoder(EncoderOptions(weights=options.tower))
    videos = sampled_videos("train", encoder, options.work, say)
    fit_options = SimulatorFitOptions(seed=options.seed, num_steps=options.steps)
    projection, reader = fit_simulator(videos, fit_options, say)
    heads = SimulatorHeads(projection, reader, UNCALIBRATED, encoder_id=encoder.encoder_id)
    validation = sampled_videos("validation", encoder, options.work, say)
    heads = calibrated(heads, validation)
    heads.save(options.out)
    print(f"{options.out.name}: {options.out.stat().st_size / 1e6:.2f} MB, for {heads.encoder_id}")
    shipped = SimulatorHeads.load(options.out)
    print(json.dumps(figures([shipped.logits(rows_of(shipped, video)) for video in validation], validation)))


def calibrated(heads: SimulatorHeads, videos: Sequence[SampledVideo]) -> SimulatorHeads:
    """The same heads, with probabilities that mean what they say on these videos."""
    logits = [heads.logits(rows_of(heads, video)) for video in videos]
    calibration = fit_calibration(logits, [targets_of(video) for video in videos])
    return SimulatorHeads(heads.projection, heads.reader, calibration, encoder_id=heads.encoder_id)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = CommandParser("train simulator-heads", __doc__)
    parser.add_argument("--out", type=new_file, required=True, help="where the heads go")
    parser.add_argument("--tower", type=old_file, default=SHIPPED_TOWER)
    parser.add_argument("--work", type=new_folder, default=DEFAULT_WORK, help="where drawn and encoded videos are kept")
    parser.add_argument("--seed", type=whole, default=SimulatorFitOptions().seed)
    parser.add_argument("--steps", type=count, default=SimulatorFitOptions().num_steps)
    parser.add_argument("--threads", type=count, default=1)
    return parser.parse_args(arguments)
