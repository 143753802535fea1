"""What the commands of training and evaluation have in common: where they work and how they count."""

import sys
from pathlib import Path

from inference.progress import Progress

DEFAULT_WORK = Path("var/vision")
DEFAULT_MODELS = Path("var/models")
WEIGHTS = Path(__file__).resolve().parent.parent / "weights"
SHIPPED_TOWER = WEIGHTS / "vision_tower.safetensors"
SHIPPED_HEADS = WEIGHTS / "simulator_heads.safetensors"


def say(progress: Progress) -> None:
    """Counts on standard error, every fiftieth step and the last."""
    if progress.done % 50 == 0 or progress.done == progress.total:
        print(f"{progress.done} of {progress.total} {progress.unit}", file=sys.stderr)
