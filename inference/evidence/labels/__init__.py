"""Every row of the ontology, by lane."""

from inference.evidence.labels.actions import ACTIONS, GESTURES
from inference.evidence.labels.anatomy import IN_VIEW, TARGETS, UNWATCHED_ANATOMY
from inference.evidence.labels.findings import BODY, CRITERIA, FINDINGS, KINDS, SCENE
from inference.evidence.labels.instruments import INSTRUMENTS, UNWATCHED_INSTRUMENTS
from inference.evidence.labels.label import Label, plain
from inference.evidence.labels.phases import EXERCISES, PHASES

ROWS: tuple[Label, ...] = (
    *PHASES,
    *EXERCISES,
    *INSTRUMENTS,
    *UNWATCHED_INSTRUMENTS,
    *ACTIONS,
    *GESTURES,
    *TARGETS,
    *UNWATCHED_ANATOMY,
    *IN_VIEW,
    *FINDINGS,
    *CRITERIA,
    *BODY,
    *KINDS,
    *SCENE,
)

__all__ = ["ROWS", "Label", "plain"]
