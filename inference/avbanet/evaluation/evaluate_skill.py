"""python -m inference.evaluate skill --data DIR --protocol paper|paper-fixed|clean|kinematics|errors|simulator|raters

The last line of --json is one object. What was computed is kept under --work: a run that was stopped goes on.
"""

import argparse
import importlib
import json
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from inference.avbanet.evaluation import clean_protocol, errors, kinematics, paper_protocol, raters
from inference.avbanet.evaluation.tables import table
from inference.datasets import avbanet_features
from inference.lab.arguments import CommandParser, count, new_folder, old_folder

PROTOCOLS = ("paper", "paper-fixed", "clean", "kinematics", "errors", "simulator", "raters")
SIMULATOR = "inference.avbanet.evaluation.simulator_protocol"
DEFAULT_WORK = Path("var/skill")
DEFAULT_SEEDS = 10


def main(arguments: Sequence[str] | None = None) -> int:
    options = _arguments(arguments)
    # The models are tiny: more threads than one cost more than they bring.
    torch.set_num_threads(1)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module="sklearn")
        found = {"protocol": options.protocol, "seeds": options.seeds, **_evaluated(options)}
    print(json.dumps(found) if options.json else table(found))
    return 0


def _evaluated(options: argparse.Namespace) -> dict[str, Any]:
    work: Path = options.work / "evaluation"
    match options.protocol:
        case "errors":
            return {"errors": errors.evaluate(options.data, seeds=options.seeds)}
        case "kinematics":
            return {"kinematics": kinematics.evaluate(options.data)}
        case "raters":
            return {"raters": raters.evaluate(options.data)}
        case "simulator":
            # By name, as behind the front door: only this protocol draws videos and loads the tower.
            evaluate_simulator = importlib.import_module(SIMULATOR).evaluate
            return dict(evaluate_simulator(options.work, report=_say))
    domains = avbanet_features.read(options.data)
    if options.protocol == "clean":
        return {"domains": clean_protocol.evaluate(domains, work, seeds=options.seeds, report=_say)}
    variants = paper_protocol.FIXED if options.protocol == "paper-fixed" else (paper_protocol.RELEASED,)
    return {"domains": paper_protocol.evaluate(domains, variants, work, seeds=options.seeds, report=_say)}


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = CommandParser("evaluate skill", __doc__)
    parser.add_argument("--data", type=old_folder, default=Path("../shared/data"), help="the folder with the data sets")
    parser.add_argument("--protocol", choices=PROTOCOLS, required=True)
    parser.add_argument("--seeds", type=count, default=DEFAULT_SEEDS)
    parser.add_argument("--work", type=new_folder, default=DEFAULT_WORK)
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    return parser.parse_args(arguments)
