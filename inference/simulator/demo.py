"""python -m inference.simulator.demo --out DIR: the small library a first visitor finds; the same bytes each time.

Writes <name>.mp4, <name>.truth.json and library.json, which names each clip's title. A clip already there is kept.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import cv2

from inference.progress import Progress, ProgressCallback, ignore_progress
from inference.simulator.simulation import Simulation
from inference.simulator.spec import SIMULATOR_VERSION, SimulationSpec
from inference.simulator.video import write_simulation

LIBRARY_NAME = "library.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoClip:
    name: str
    title: str
    spec: SimulationSpec


def demo_clips() -> tuple[DemoClip, ...]:
    """Four clips, 108 s in all: a novice and an expert, a needle, and an operation with phases."""
    return (
        DemoClip(
            name="peg-transfer-novice",
            title="Peg transfer, novice (simulated)",
            spec=SimulationSpec(task="peg_transfer", skill=0.1, seed=11, duration_s=28.0),
        ),
        DemoClip(
            name="pattern-cutting-expert",
            title="Pattern cutting, expert (simulated)",
            spec=SimulationSpec(task="pattern_cutting", skill=0.9, seed=2, duration_s=24.0),
        ),
        DemoClip(
            name="suturing-intermediate",
            title="Suturing, intermediate (simulated)",
            spec=SimulationSpec(task="suturing", skill=0.55, seed=12, duration_s=26.0),
        ),
        DemoClip(
            name="gallbladder-expert",
            title="Gallbladder operation, expert (simulated)",
            spec=SimulationSpec(task="organ", skill=0.9, seed=4, duration_s=30.0),
        ),
    )


def write_demo(folder: Path, *, on_progress: ProgressCallback = ignore_progress) -> list[Path]:
    """Returns the four videos; progress counts clips."""
    clips = demo_clips()
    videos = []
    for index, clip in enumerate(clips):
        video = folder / f"{clip.name}.mp4"
        if not (video.exists() and video.with_name(f"{clip.name}.truth.json").exists()):
            write_simulation(Simulation(clip.spec), folder, name=clip.name)
        videos.append(video)
        on_progress(Progress(done=index + 1, total=len(clips), unit="clips"))
    rows = [
        {
            "file": f"{clip.name}.mp4",
            "truth": f"{clip.name}.truth.json",
            "title": clip.title,
            "task": clip.spec.task,
            "skill": clip.spec.skill,
            "seed": clip.spec.seed,
            "duration_s": clip.spec.duration_s,
        }
        for clip in clips
    ]
    library = {"simulator_version": SIMULATOR_VERSION, "clips": rows}
    (folder / LIBRARY_NAME).write_text(json.dumps(library, indent=2) + "\n", encoding="utf-8")
    return videos


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m inference.simulator.demo")
    arguments.add_argument("--out", type=Path, required=True)
    folder: Path = arguments.parse_args().out
    cv2.setNumThreads(1)
    folder.mkdir(parents=True, exist_ok=True)
    write_demo(folder, on_progress=lambda p: print(f"{p.done}/{p.total} {p.unit}", file=sys.stderr))
    print(folder / LIBRARY_NAME)
    return 0


if __name__ == "__main__":
    sys.exit(main())
