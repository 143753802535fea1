"""How an instrument is held at one instant."""

from dataclasses import dataclass

import numpy as np

from inference.simulator.arrays import Array
from inference.simulator.kinds import InstrumentKind


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentPose:
    """`opening` 0..1; `roll_rad` turns the head about the shaft, so the jaws are seen more or less from the side."""

    kind: InstrumentKind
    tip_mm: Array
    trocar_mm: Array
    opening: float
    roll_rad: float

    @property
    def axis(self) -> Array:
        """Unit vector from the tip to the trocar."""
        way = self.trocar_mm - self.tip_mm
        unit: Array = way / np.linalg.norm(way)
        return unit
