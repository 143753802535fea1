"""The manifests of what vision trains: the tower, the timeline's heads, the simulator's heads."""

from collections.abc import Sequence
from pathlib import Path

from inference.models.manifest import Manifest, Need, describe

TOWER_LICENCE = "CC BY-NC-SA 4.0 (trained on CholecT50)"
SIMULATOR_LICENCE = "CC BY-NC-SA 4.0 (reads features of a tower trained on CholecT50)"
SIMULATED = "simulated videos"


def describe_tower(path: Path, *, encoder_id: str, trained_on: Sequence[str]) -> Manifest:
    """Heads and projectors need a tower by its encoder's id."""
    return describe(
        path,
        [path],
        kind="tower",
        name="vision-tower",
        artifact_id=encoder_id,
        licence=TOWER_LICENCE,
        trained_on=trained_on,
        card="vision_tower",
    )


def describe_timeline_heads(path: Path, *, encoder_id: str, trained_on: Sequence[str]) -> Manifest:
    return describe(
        path,
        [path],
        kind="timeline_heads",
        name="timeline-heads",
        needs=[Need(kind="tower", id=encoder_id)],
        licence=TOWER_LICENCE,
        trained_on=trained_on,
        card="vision_tower",
    )


def describe_simulator_heads(path: Path, *, encoder_id: str) -> Manifest:
    return describe(
        path,
        [path],
        kind="simulator_heads",
        name="simulator-heads",
        needs=[Need(kind="tower", id=encoder_id)],
        licence=SIMULATOR_LICENCE,
        trained_on=[SIMULATED],
        card="simulator_heads",
    )
