"""python -m inference.train skill [--without TASK] [--out inference/weights/skill_encoder.safetensors]

Draws the simulated operators' trials (kept under --work), trains the encoders that miss a task and a third of the
people and the one that is shipped, calibrates it on the others, and writes its weights. No real video trains.
`--without` leaves a task out of everything: its clips can then be scored (`manage.py score --encoder`) by weights that
never saw it.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import cv2
import torch

from inference.avbanet.model import SkillModel, model_save
from inference.avbanet.training.crossed import Encoders, calibration_of
from inference.avbanet.training.filming import simulator_tower, trials
from inference.avbanet.training.lengths import duration_weight
from inference.avbanet.training.recipe import Recipe
from inference.avbanet.training.trials import BOX_TASKS, operators, plans
from inference.lab.arguments import CommandParser, new_file, new_folder
from inference.lab.command_line import WEIGHTS, say
from inference.simulator.spec import Task

TOWER = WEIGHTS / "vision_tower.safetensors"
DEFAULT_OUT = WEIGHTS / "skill_encoder.safetensors"
DEFAULT_WORK = Path("var/skill")


def main(arguments: Sequence[str] | None = None) -> int:
    options = _arguments(arguments)
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    tower = simulator_tower(TOWER)
    tasks = [task for task in BOX_TASKS if task != options.without]
    made = trials(plans(tasks), tower, options.work, say)
    encoders = Encoders(made, Recipe(), options.work, lambda line: print(line, file=sys.stderr, flush=True))
    model = trained_model(encoders, tasks)
    facts = {
        "recipe": asdict(Recipe()),
        "num_operators": len(operators()),
        "tasks": tasks,
        "calibration": asdict(model.calibration),
    }
    trained_on = [f"simulator/{task}" for task in tasks]
    model_save(model, options.out, trained_on=trained_on, tower_id=tower.encoder_id, facts=facts)
    print(f"{options.out}: {model.version}")
    return 0


def trained_model(encoders: Encoders, tasks: Sequence[Task]) -> SkillModel:
    """Of everybody at every one of these tasks; the organ scene is never among them."""
    calibration = calibration_of(encoders.crossings(tasks), duration_weight=duration_weight(operators()))
    model = encoders.without(None, None)
    return SkillModel(model.encoder, model.features, calibration)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = CommandParser("train skill", __doc__)
    parser.add_argument("--without", choices=BOX_TASKS, metavar="TASK", help="a task that is left out of everything")
    parser.add_argument("--out", type=new_file, default=DEFAULT_OUT)
    parser.add_argument("--work", type=new_folder, default=DEFAULT_WORK)
    return parser.parse_args(arguments)
