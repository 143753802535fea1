"""python -m inference.simulator.contact_sheet --out docs/images/simulator.jpg

One row for each task, one column for each moment; every row has another seed and skill.
"""

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np

from inference.simulator.arrays import Image
from inference.simulator.simulation import Simulation
from inference.simulator.spec import TASKS, SimulationSpec, Task

ROWS: dict[Task, tuple[float, int]] = {
    "peg_transfer": (0.8, 4),
    "pattern_cutting": (0.9, 2),
    "suturing": (0.9, 12),
    "needle_passing": (0.8, 5),
    "knot_tying": (0.9, 2),
    "organ": (0.9, 1),
}
CELL_PX = (400, 225)
MOMENTS = (0.12, 0.4, 0.66, 0.92)
DURATION_S = 40.0


def row(task: Task) -> Image:
    skill, seed = ROWS[task]
    simulation = Simulation(SimulationSpec(task=task, skill=skill, seed=seed, duration_s=DURATION_S))
    frames = [simulation.frame(int(share * simulation.num_frames)) for share in MOMENTS]
    return np.hstack([cv2.resize(frame, CELL_PX, interpolation=cv2.INTER_AREA) for frame in frames])


def contact_sheet() -> Image:
    """Shape (6 x 225, 4 x 400, 3), uint8, RGB."""
    return np.vstack([row(task) for task in TASKS])


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m inference.simulator.contact_sheet")
    arguments.add_argument("--out", type=Path, required=True, help="a .jpg or .png file")
    out: Path = arguments.parse_args().out
    cv2.setNumThreads(1)
    out.parent.mkdir(parents=True, exist_ok=True)
    picture = cv2.cvtColor(contact_sheet(), cv2.COLOR_RGB2BGR)
    if not cv2.imwrite(str(out), picture, [cv2.IMWRITE_JPEG_QUALITY, 72]):
        print(f"error: could not write {out}", file=sys.stderr)
        return 1
    print(f"{out}: {out.stat().st_size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
