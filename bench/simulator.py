"""python bench/simulator.py [--seconds 8]: seconds of video made by one second of one core.

Counts processor time, not the clock, so a busy machine does not change the figure much. OpenCV and x264 run one thread.
"""

import argparse
import json
import platform
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import cv2

from inference.simulator.simulation import Simulation
from inference.simulator.spec import TASKS, SimulationSpec, Task
from inference.simulator.video import write_simulation


def child_cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure(task: Task, seconds: float) -> dict[str, float]:
    simulation = Simulation(SimulationSpec(task=task, skill=0.5, seed=1, duration_s=seconds))
    begin_s = time.process_time()
    simulation.frame(0)
    setup_s = time.process_time() - begin_s
    begin_s = time.process_time()
    for _ in simulation.frames():
        pass
    render_s = time.process_time() - begin_s
    begin_s, begin_child_s = time.process_time(), child_cpu_s()
    with tempfile.TemporaryDirectory() as folder:
        write_simulation(simulation, Path(folder))
    all_s = time.process_time() - begin_s + child_cpu_s() - begin_child_s
    return {
        "setup_s": round(setup_s, 2),
        "ms_per_frame": round(render_s / simulation.num_frames * 1000, 2),
        "render_ratio": round(seconds / render_s, 2),
        "with_encoding_and_truth_ratio": round(seconds / all_s, 2),
    }


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--seconds", type=float, default=8.0)
    seconds = arguments.parse_args().seconds
    cv2.setNumThreads(1)
    rows = {task: measure(task, seconds) for task in TASKS}
    for task, figures in rows.items():
        print(f"{task:16s} " + "  ".join(f"{name} {value}" for name, value in figures.items()))
    slowest = {
        name: min(row[name] for row in rows.values()) for name in ("render_ratio", "with_encoding_and_truth_ratio")
    }
    print(
        json.dumps(
            {
                "size": "854x480@15",
                "machine": platform.machine(),
                "python": platform.python_version(),
                "opencv": cv2.__version__,
                "slowest": slowest,
                "tasks": rows,
            }
        )
    )


if __name__ == "__main__":
    main()
