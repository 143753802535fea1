"""Which files an evaluated model is loaded from."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class AskerSource:
    """`weights`: projector and adapter; `tower`: the vision tower they were trained on."""

    weights: Path
    tower: Path
    models: Path
    cache: Path
