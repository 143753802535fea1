"""`python -m inference.train answers-folds --data DIR --out DIR`: for each surgery an adapter that has not seen it.

The vision towers under them have not seen the surgery either: they are those of `python -m inference.evaluate tower`.
The text stage sees no surgery at all, so it is trained once and every fold starts from it. Everything goes on where it
was after a stop. Judge the folds with `python -m inference.evaluate answers --folds DIR`.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from inference.datasets.cholect50 import surgeries_without, video_names
from inference.lab.arguments import new_folder, whole
from inference.lab.command_line import DEFAULT_WORK, say
from inference.vision.training.crossval import all_held_out, held_out_tower_path
from inference.vision.training.fit import FitOptions
from inference.vision.training.prepare import training_data

TEXT_FOLDER = "text"
CHECKPOINT_FOLDER = "checkpoint"


def main(arguments: Sequence[str] | None = None) -> None:
    options, recipe = _parser().parse_known_args(arguments)
    # Whoever holds one surgery out learns from the others.
    for name in options.surgeries or video_names(options.data):
        surgeries_without(options.data, [name])
    towers = held_out_towers(options.data, options.work)
    text = options.out / TEXT_FOLDER
    common = ["--data", str(options.data), "--steps-text", str(options.steps_text), *recipe]
    _train([*common, "--out", str(text), "--stop-after", str(options.steps_text)])
    for name in options.surgeries or video_names(options.data):
        fold = ["--out", str(fold_folder(options.out, name)), "--tower", str(towers[name])]
        _train([*common, *fold, "--holdout", name, "--start", str(text)])


def fold_folder(folds: Path, surgery: str) -> Path:
    """Where the training lies that held `surgery` out; its weights are in `fold_checkpoint`."""
    return folds / surgery


def fold_checkpoint(folds: Path, surgery: str) -> Path:
    return fold_folder(folds, surgery) / CHECKPOINT_FOLDER


def held_out_towers(data_dir: Path, work: Path) -> dict[str, Path]:
    """For each surgery the tower that has not seen it; trained first where they are not in `work` yet."""
    data = training_data(data_dir, work, on_progress=say)
    options = FitOptions()
    all_held_out(data, work=work, options=options)
    return {name: held_out_tower_path(data, name, options=options, work=work) for name in video_names(data_dir)}


def _train(arguments: Sequence[str]) -> None:
    """In a process of its own: a fold's memory is given back before the next begins. What it cannot do it has told."""
    command = [sys.executable, "-m", "inference.train", "answers", *arguments]
    status = subprocess.run(command, check=False, env=os.environ).returncode  # noqa: S603 - our own and the caller's words
    if status:
        sys.exit(status)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Every other option goes to `python -m inference.train answers` as it is.",
    )
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds cholect50/")
    parser.add_argument("--out", type=new_folder, required=True)
    parser.add_argument("--work", type=new_folder, default=DEFAULT_WORK, help="where held-out towers are kept")
    parser.add_argument("--surgeries", nargs="*", default=[], help="only these folds")
    parser.add_argument("--steps-text", type=whole, default=120)
    return parser


if __name__ == "__main__":
    main()
