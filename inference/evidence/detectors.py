"""Who watches: groups of outputs, the lane each speaks in, and in which kinds of video it speaks at all."""

from dataclasses import dataclass

from inference.evidence.kinds import BOX_TRAINER, CHOLECYSTECTOMY, KEYHOLE, OTHER_LAPAROSCOPY, VideoKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """`name`: the output group's. `is_exclusive`: one label at a time (softmax); else each label is its own yes or no.

    Outside its `kinds` a detector is silent, and its silence says nothing. `phases`: those it was learnt and measured
    in, if not in all of them; in the others it is silent too. `tells_absence` off: it misses too much for its silence
    to deny anything; `often_missed`: labels of which alone that is so.
    """

    name: str
    lane: str
    kinds: frozenset[VideoKind]
    is_exclusive: bool = False
    phases: frozenset[str] = frozenset()
    tells_absence: bool = True
    often_missed: frozenset[str] = frozenset()


# All frames that anatomy and the critical view were learnt from stem from the dissection before clipping.
_BEFORE_CLIPPING = frozenset({"carlot-triangle-dissection"})
DETECTORS = (
    Detector(name="phase", lane="phase", kinds=CHOLECYSTECTOMY, is_exclusive=True),
    # Of surgeries never seen, a grasper was there in three of ten clips in which none was told; of no other instrument
    # was more than one denial in twenty-five wrong.
    Detector(name="instrument", lane="instrument", kinds=CHOLECYSTECTOMY, often_missed=frozenset({"grasper"})),
    # Of surgeries never seen a third to a half of their "no" was wrong where yes and no were equally frequent.
    Detector(name="verb", lane="verb", kinds=CHOLECYSTECTOMY, tells_absence=False),
    Detector(name="target", lane="target", kinds=CHOLECYSTECTOMY, tells_absence=False),
    Detector(name="anatomy", lane="anatomy", kinds=CHOLECYSTECTOMY, phases=_BEFORE_CLIPPING),
    # Three criteria, each as evidence with its probability; never a verdict.
    Detector(name="critical_view", lane="critical_view", kinds=CHOLECYSTECTOMY, phases=_BEFORE_CLIPPING),
    # Learnt and measured on gynaecological operations only.
    Detector(name="bleeding", lane="finding", kinds=OTHER_LAPAROSCOPY),
    Detector(name="body", lane="body", kinds=KEYHOLE),
    Detector(name="kind", lane="kind", kinds=frozenset(VideoKind), is_exclusive=True),
    # No head: it compares pictures with one another.
    Detector(name="course", lane="course", kinds=frozenset(VideoKind)),
    Detector(name="scene", lane="scene", kinds=frozenset(VideoKind)),
    # The box trainer's watchers speak in the usual lanes: the exercise as phase, gestures as actions.
    Detector(name="simulator/task", lane="phase", kinds=BOX_TRAINER, is_exclusive=True),
    Detector(name="simulator/instrument", lane="instrument", kinds=BOX_TRAINER),
    Detector(name="simulator/gesture", lane="verb", kinds=BOX_TRAINER, is_exclusive=True),
    Detector(name="simulator/phase", lane="phase", kinds=BOX_TRAINER, is_exclusive=True),
)
BY_NAME = {detector.name: detector for detector in DETECTORS}


def phases_of_lane(lane: str) -> frozenset[str]:
    """The phases outside of which a lane's watchers are silent; empty where they speak in all."""
    return frozenset(phase for detector in DETECTORS if detector.lane == lane for phase in detector.phases)


def detector_named(name: str) -> Detector:
    """Raises KeyError for a group that is none of ours."""
    return BY_NAME[name]
