"""Trains the eyes and writes them beside the tower whose early blocks they share.

    python -m inference.train vision --data DIR --out inference/weights/eyes.safetensors

Reads whichever of the known data sets lie in DIR. Calibration, and what the phase readers learn from, is what five
folds' branches say of operations that they have not seen. Frames' early features and the folds' outputs are kept in
--work: a second run begins where the first was stopped.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from inference.datasets.all_frames import folders_in
from inference.lab.arguments import CommandParser, count, new_file, new_folder, old_file, old_folder
from inference.lab.command_line import DEFAULT_WORK, WEIGHTS, say
from inference.vision.encoder import load_tower, surgical_encoder_id
from inference.vision.eyes.eyes import Eyes
from inference.vision.training.eyes_data import EyesData, eyes_data
from inference.vision.training.eyes_fit import EyesFitOptions
from inference.vision.training.eyes_folds import (
    fold_early_head,
    fold_kind_head,
    kept_branch,
    kind_data,
    out_of_fold_rows,
)
from inference.vision.training.eyes_settings import fit_settings
from inference.vision.training.held_out import videos_of
from inference.vision.training.phase_settings import fit_readers, fold_phase_reads
from inference.vision.training.simulator_pictures import simulator_pictures

NUM_VIEWS = 5


def main(arguments: Sequence[str] | None = None) -> None:
    options = _arguments(arguments)
    torch.set_num_threads(options.threads)
    # What comes last is opened first: hours lie between.
    tower, _ = load_tower(options.tower)
    data = training_data(options.data, options.work)
    fit_options = EyesFitOptions(num_steps=options.steps)
    kinds = kind_data(data)
    rows = out_of_fold_rows(data, kinds, fit_options, options.work, say)
    reads = fold_phase_reads(data, rows, options.work, say)
    branch = kept_branch(data, None, fit_options, options.work, say)
    settings = fit_settings(data, kinds, rows, reads)
    names = tuple(sorted({frame.origin.name for frame in data.frames}))
    eyes = Eyes(
        branch,
        fold_kind_head(data, kinds, None),
        fold_early_head(data, kinds, None),
        fit_readers(videos_of(data, rows)),
        replace(settings, trained_on=names),
        encoder_id=surgical_encoder_id(tower),
    )
    eyes.save(options.out)
    print(f"{options.out.name}: {eyes.eyes_id}, {options.out.stat().st_size / 1e6:.1f} MB, beside {eyes.encoder_id}")


def training_data(data: Path, work: Path) -> EyesData:
    """Raises FileNotFoundError where none of the known sets lies in `data`."""
    if not folders_in(data):
        raise FileNotFoundError(f"none of the known data sets under {data}")
    return eyes_data(data, work, num_views=NUM_VIEWS, extra=lambda: simulator_pictures(work), on_progress=say)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = CommandParser("train vision", __doc__)
    parser.add_argument("--data", type=old_folder, required=True, help="folder that holds the data sets' folders")
    parser.add_argument("--out", type=new_file, required=True, help="where the eyes go, their manifest beside them")
    parser.add_argument("--tower", type=old_file, default=WEIGHTS / "vision_tower.safetensors")
    parser.add_argument(
        "--work", type=new_folder, default=DEFAULT_WORK, help="where features and folds' outputs are kept"
    )
    parser.add_argument("--steps", type=count, default=EyesFitOptions().num_steps)
    parser.add_argument("--threads", type=count, default=1)
    return parser.parse_args(arguments)
