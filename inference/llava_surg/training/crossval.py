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
from inference.lab.arguments import CommandParser, new_folder, old_folder, whole
from inference.lab.command_line import DEFAULT_WORK, say
from inference.llava_surg.training.train import parsed
from inference.models.artifact import open_artifact
from inference.models.catalogue import base_model_named
from inference.vision.training.crossval import all_held_out, held_out_tower_path
from inference.vision.training.fit import FitOptions
from inference.vision.training.prepare import training_data

TEXT_FOLDER = "text"
CHECKPOINT_FOLDER = "checkpoint"


def main(arguments: Sequence[str] | None = None) -> None:
    options, common = _options(arguments)
    surgeries = options.surgeries or video_names(options.data)
    # Whoever holds one surgery out learns from the others.
    for name in surgeries:
        surgeries_without(options.data, [name])
    towers = held_out_towers(options.data, options.work)
    text = options.out / TEXT_FOLDER
    if options.steps_text:
        _train([*common, "--out", str(text), "--stop-after", str(options.steps_text)])
    start = ["--start", str(text)] if options.steps_text else []
    for name in surgeries:
        fold = ["--out", str(fold_folder(options.out, name)), "--tower", str(towers[name])]
        _train([*common, *fold, *start, "--holdout", name])


def _options(arguments: Sequence[str] | None) -> tuple[argparse.Namespace, list[str]]:
    """Our own, and those that go to every training; they are looked at now, and not after hours of other work."""
    parser = _parser()
    options, recipe = parser.parse_known_args(arguments)
    common = ["--data", str(options.data), "--steps-text", str(options.steps_text), *recipe]
    answers = parsed([*common, "--out", str(options.out)])
    if answers.holdout or answers.tower or answers.start or answers.stop_after:
        parser.error("--holdout, --tower, --start and --stop-after are each fold's own")
    open_artifact(answers.models / base_model_named(answers.base).name, kind="base")
    return options, common


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
    parser = CommandParser("train answers-folds", __doc__)
    parser.epilog = "Every other option goes to `python -m inference.train answers` as it is."
    parser.add_argument("--data", type=old_folder, required=True, help="the folder that holds cholect50/")
    parser.add_argument("--out", type=new_folder, required=True)
    parser.add_argument("--work", type=new_folder, default=DEFAULT_WORK, help="where held-out towers are kept")
    parser.add_argument("--surgeries", nargs="*", default=[], help="only these folds")
    parser.add_argument("--steps-text", type=whole, default=120)
    return parser


if __name__ == "__main__":
    main()
