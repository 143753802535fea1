"""One instant of a procedure, as a scene sees it."""

from dataclasses import dataclass

from inference.simulator.arrays import Array
from inference.simulator.marks import Mark
from inference.simulator.objects import ObjectPose
from inference.simulator.pose import InstrumentPose
from inference.simulator.spec import Hand


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameState:
    """Everything a scene may look at to draw one instant; `marks` are those that have happened."""

    time_s: float
    hands: dict[Hand, InstrumentPose]
    objects: dict[str, ObjectPose]
    marks: list[Mark]

    def tip_mm(self, hand: Hand) -> Array:
        return self.hands[hand].tip_mm
