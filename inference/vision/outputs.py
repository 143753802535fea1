"""What the tower says of a frame: groups of outputs, in the order of the logits' columns.

Labels and their columns are the ontology's (inference/evidence/labels). "simulator/..." groups are for our own box
trainer; which family of groups holds for a video is the "scene" output's to say.
"""

from dataclasses import dataclass

from inference.evidence.detectors import detector_named
from inference.evidence.ontology import columns


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputGroup:
    """`is_exclusive`: one label at a time (softmax); otherwise each label is its own yes or no."""

    name: str
    labels: tuple[str, ...]
    is_exclusive: bool = False

    @property
    def output_names(self) -> tuple[str, ...]:
        return tuple(f"{self.name}/{label}" for label in self.labels)


def output_group(detector: str, num_labels: int | None = None) -> OutputGroup:
    """A detector's outputs; `num_labels`: of one trained when there were fewer. Raises KeyError if it is unknown."""
    labels = columns(detector)[:num_labels]
    return OutputGroup(name=detector, labels=labels, is_exclusive=detector_named(detector).is_exclusive)


PHASE = output_group("phase")
# The tower was trained before there was a specimen bag.
NUM_TOWER_INSTRUMENTS = 6
INSTRUMENT = output_group("instrument", NUM_TOWER_INSTRUMENTS)
VERB = output_group("verb")
TARGET = output_group("target")
BODY = output_group("body")
SCENE = output_group("scene")
PHASES = PHASE.labels
TOOL = output_group("instrument")
ANATOMY = output_group("anatomy")
CRITICAL_VIEW = output_group("critical_view")
BLEEDING = output_group("bleeding")
# The last label of the lane, "unknown", is no output: it is what none of the others is.
NUM_KINDS = 6
KIND = output_group("kind", NUM_KINDS)
# What the eyes' branch tells of a frame, in the order of its columns; the kind of video is told by another head.
EYES_GROUPS = (PHASE, TOOL, VERB, TARGET, ANATOMY, CRITICAL_VIEW, BLEEDING, BODY)
EYES_NAMES = tuple(name for group in EYES_GROUPS for name in group.output_names)
REAL_GROUPS = (PHASE, INSTRUMENT, VERB, TARGET, BODY)

SIMULATED_TASK = output_group("simulator/task")
SIMULATED_INSTRUMENT = output_group("simulator/instrument")
# The tower was trained before there were "coagulate" and "aspirate", which the simulator's own heads tell.
NUM_TOWER_GESTURES = 25
SIMULATED_GESTURE = output_group("simulator/gesture", NUM_TOWER_GESTURES)
TIMELINE_GESTURE = output_group("simulator/gesture")
# The simulator's organ scene goes through phases of the real operation.
SIMULATED_PHASE = output_group("simulator/phase")
# Columns that are not outputs themselves but what the simulator's heads read: "simulator/rows/<heads>-<index>".
SIMULATOR_ROWS = "simulator/rows"
SIMULATOR_GROUPS = (SIMULATED_TASK, SIMULATED_INSTRUMENT, SIMULATED_GESTURE, SIMULATED_PHASE)
EXCLUSIVE_GROUPS = frozenset(group.name for group in (*REAL_GROUPS, SCENE, *SIMULATOR_GROUPS) if group.is_exclusive)


def columns_of(group: str, output_names: tuple[str, ...]) -> list[int]:
    """Columns of one group's labels: those named "group/label"."""
    return [index for index, name in enumerate(output_names) if name.rpartition("/")[0] == group]
