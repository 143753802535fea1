"""The manifests of what vision trains: the tower, the timeline's heads, the simulator's heads."""

from collections.abc import Sequence
from pathlib import Path

from inference.models.manifest import Manifest, Need, describe, file_sha256

TOWER_LICENCE = "CC BY-NC-SA 4.0 (trained on CholecT50)"
SIMULATOR_LICENCE = "CC BY-NC-SA 4.0 (reads features of a tower trained on CholecT50)"
EYES_LICENCE = (
    "CC BY-NC-SA 4.0 (trained on CholecT50, Cholec80, m2cai16-tool-locations, Endoscapes; GynSurg: non-commercial)"
)
SIMULATED = "simulated videos"
TIMELINE_HEADS, SIMULATOR_HEADS = "timeline-heads", "simulator-heads"
# A revision of a timeline names its calibration by the beginning of the file's SHA-256.
CALIBRATION_CHARS = 12


def timeline_heads_id(calibration_id: str) -> str:
    """What their manifest is called, by what a revision of a timeline calls them."""
    return f"{TIMELINE_HEADS}@{calibration_id}"


def simulator_heads_id(heads_id: str) -> str:
    return f"{SIMULATOR_HEADS}@{heads_id}"


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
        name=TIMELINE_HEADS,
        artifact_id=timeline_heads_id(file_sha256(path)[:CALIBRATION_CHARS]),
        needs=[Need(kind="tower", id=encoder_id)],
        licence=TOWER_LICENCE,
        trained_on=trained_on,
        card="vision_tower",
    )


def describe_simulator_heads(path: Path, *, encoder_id: str, heads_id: str) -> Manifest:
    """`heads_id` : of SimulatorHeads."""
    return describe(
        path,
        [path],
        kind="simulator_heads",
        name=SIMULATOR_HEADS,
        artifact_id=simulator_heads_id(heads_id),
        needs=[Need(kind="tower", id=encoder_id)],
        licence=SIMULATOR_LICENCE,
        trained_on=[SIMULATED],
        card="simulator_heads",
    )


def describe_eyes(path: Path, *, encoder_id: str, trained_on: Sequence[str]) -> Manifest:
    return describe(
        path,
        [path],
        kind="eyes",
        name="eyes",
        needs=[Need(kind="tower", id=encoder_id)],
        licence=EYES_LICENCE,
        trained_on=trained_on,
        card="eyes",
    )
