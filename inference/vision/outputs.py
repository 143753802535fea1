"""What the tower says of a frame: groups of outputs, in the order of the logits' columns.

CholecT50 names are the data set's own. "simulator/..." groups are for our own box trainer; which family of groups holds
for a video is the "scene" output's to say.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputGroup:
    """`is_exclusive`: one label at a time (softmax); otherwise each label is its own yes or no."""

    name: str
    labels: tuple[str, ...]
    is_exclusive: bool = False

    @property
    def output_names(self) -> tuple[str, ...]:
        return tuple(f"{self.name}/{label}" for label in self.labels)


PHASES = (
    "preparation",
    "carlot-triangle-dissection",
    "clipping-and-cutting",
    "gallbladder-dissection",
    "gallbladder-packaging",
    "cleaning-and-coagulation",
    "gallbladder-extraction",
)
INSTRUMENTS = ("grasper", "bipolar", "hook", "scissors", "clipper", "irrigator")
VERBS = ("grasp", "retract", "dissect", "coagulate", "clip", "cut", "aspirate", "irrigate", "pack", "null_verb")
TARGETS = (
    "gallbladder", "cystic_plate", "cystic_duct", "cystic_artery", "cystic_pedicle", "blood_vessel", "fluid",
    "abdominal_wall_cavity", "liver", "adhesion", "omentum", "peritoneum", "gut", "specimen_bag", "null_target",
)  # fmt: skip

PHASE = OutputGroup(name="phase", labels=PHASES, is_exclusive=True)
INSTRUMENT = OutputGroup(name="instrument", labels=INSTRUMENTS)
VERB = OutputGroup(name="verb", labels=VERBS)
TARGET = OutputGroup(name="target", labels=TARGETS)
BODY = OutputGroup(name="body", labels=("outside",))
SCENE = OutputGroup(name="scene", labels=("simulator",))
REAL_GROUPS = (PHASE, INSTRUMENT, VERB, TARGET, BODY)

SIMULATED_TASK = OutputGroup(
    name="simulator/task",
    labels=("peg_transfer", "pattern_cutting", "suturing", "needle_passing", "knot_tying", "organ"),
    is_exclusive=True,
)
SIMULATED_INSTRUMENT = OutputGroup(name="simulator/instrument", labels=(*INSTRUMENTS, "needle_driver"))
SIMULATED_GESTURE = OutputGroup(
    name="simulator/gesture",
    labels=(
        "idle", "reach", "grasp", "lift", "carry", "transfer", "place", "release", "retreat", "recover", "hold_gauze",
        "cut", "orient_needle", "position_needle", "push_needle", "pull_suture", "transfer_needle", "reach_suture",
        "make_loop", "pull_through", "tighten", "retract", "dissect", "clip", "exchange",
    ),
    is_exclusive=True,
)  # fmt: skip
# The simulator's organ scene goes through phases of the real operation.
SIMULATED_PHASE = OutputGroup(name="simulator/phase", labels=PHASES, is_exclusive=True)
# What the simulator's own heads tell; the tower, trained earlier, knows the shorter list above.
TIMELINE_GESTURE = OutputGroup(
    name=SIMULATED_GESTURE.name, labels=(*SIMULATED_GESTURE.labels, "coagulate", "aspirate"), is_exclusive=True
)
# Columns that are not outputs themselves but what the simulator's heads read: "simulator/rows/<heads>-<index>".
SIMULATOR_ROWS = "simulator/rows"
SIMULATOR_GROUPS = (SIMULATED_TASK, SIMULATED_INSTRUMENT, SIMULATED_GESTURE, SIMULATED_PHASE)
EXCLUSIVE_GROUPS = frozenset(group.name for group in (*REAL_GROUPS, SCENE, *SIMULATOR_GROUPS) if group.is_exclusive)


def columns_of(group: str, output_names: tuple[str, ...]) -> list[int]:
    """Columns of one group's labels: those named "group/label"."""
    return [index for index, name in enumerate(output_names) if name.rpartition("/")[0] == group]
