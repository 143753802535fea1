"""python -m inference.simulator --task peg_transfer --skill 0.8 --seed 1 --duration-s 20 --out DIR"""

import argparse
import json
import sys
from pathlib import Path
from typing import get_args

import cv2

from inference.progress import Progress
from inference.simulator.simulation import Simulation
from inference.simulator.spec import SKILL_OF_LEVEL, TASKS, Cameras, SimulationSpec
from inference.simulator.video import write_simulation


def skill_value(text: str) -> float:
    """A number from 0 to 1, or novice, intermediate, expert."""
    for level, skill in SKILL_OF_LEVEL.items():
        if text == level:
            return skill
    return float(text)


def parser() -> argparse.ArgumentParser:
    arguments = argparse.ArgumentParser(
        prog="python -m inference.simulator", description="Simulated operations with truth."
    )
    arguments.add_argument("--task", choices=TASKS, required=True)
    arguments.add_argument("--skill", type=skill_value, default=0.8, help="0..1, or novice, intermediate, expert")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--duration-s", type=float, default=None, help="without it the task is performed once")
    arguments.add_argument("--operator", type=int, default=0, help="whose way of moving; 0 is nobody's")
    arguments.add_argument("--cameras", choices=get_args(Cameras), default="usual")
    arguments.add_argument("--fps", type=int, default=15)
    arguments.add_argument("--width-px", type=int, default=854)
    arguments.add_argument("--height-px", type=int, default=480)
    arguments.add_argument("--out", type=Path, required=True, help="folder for video.mp4 and truth.json")
    return arguments


def show(progress: Progress) -> None:
    if progress.done % 50 == 0 or progress.done == progress.total:
        print(f"\r{progress.done}/{progress.total} {progress.unit}", end="", file=sys.stderr, flush=True)


def main() -> int:
    options = parser().parse_args()
    cv2.setNumThreads(1)
    try:
        spec = SimulationSpec(
            task=options.task,
            skill=options.skill,
            seed=options.seed,
            duration_s=options.duration_s,
            fps=options.fps,
            width_px=options.width_px,
            height_px=options.height_px,
            operator=options.operator,
            cameras=options.cameras,
        )
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    simulation = Simulation(spec)
    files = write_simulation(simulation, options.out, on_progress=show)
    print(file=sys.stderr)
    print(
        json.dumps(
            {
                "video": str(files.video),
                "truth": str(files.truth),
                "duration_s": round(simulation.duration_s, 3),
                "num_frames": simulation.num_frames,
            }
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
