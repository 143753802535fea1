"""Things that lie, are held, and fall: where each one is at each time."""

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from inference.simulator.arrays import Array
from inference.simulator.spec import Hand

FALL_S = 0.24
SWING_S = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """From `start_s` on: at rest at `position_mm`, falling to it, or held at `position_mm` from a tip."""

    start_s: float
    state: Literal["rest", "held", "falling"]
    position_mm: tuple[float, float, float]
    yaw_rad: float
    hand: Hand | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectPose:
    """Centre in mm, yaw about the vertical and tilt about the view axis in rad."""

    position_mm: Array
    yaw_rad: float
    tilt_rad: float
    held_by: Hand | None


@dataclass(slots=True, kw_only=True)
class ObjectTrack:
    name: str
    placements: list[Placement] = field(default_factory=list)

    def pose_at(self, time_s: float, tips_mm: dict[Hand, Array]) -> ObjectPose:
        """The pose at `time_s`, where the tips are at `tips_mm` at that time."""
        index = max(0, bisect_right(self.placements, time_s, key=lambda placement: placement.start_s) - 1)
        now, before = self.placements[index], self.placements[max(index - 1, 0)]
        blend = min(1.0, max(0.0, (time_s - now.start_s) / SWING_S)) if index else 1.0
        position, tilt = self._resolve(now, tips_mm)
        old_position, old_tilt = self._resolve(before, tips_mm)
        if now.state == "falling":
            share = min(1.0, (time_s - now.start_s) / FALL_S)
            position = old_position + (position - old_position) * share**2
        else:
            settle = min(1.0, max(0.0, (time_s - now.start_s) / 0.12)) if index else 1.0
            position = old_position + (position - old_position) * settle
        yaw = before.yaw_rad + (now.yaw_rad - before.yaw_rad) * blend
        return ObjectPose(
            position_mm=position, yaw_rad=yaw, tilt_rad=old_tilt + (tilt - old_tilt) * blend, held_by=now.hand
        )

    @staticmethod
    def _resolve(placement: Placement, tips_mm: dict[Hand, Array]) -> tuple[Array, float]:
        offset = np.asarray(placement.position_mm)
        if placement.state != "held" or placement.hand is None:
            return offset, 0.0
        return tips_mm[placement.hand] + offset, 0.5 if placement.hand == "left" else -0.5
