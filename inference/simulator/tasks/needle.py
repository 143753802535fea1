"""The curved needle and the places it goes through."""

import math
from dataclasses import dataclass

import numpy as np

from inference.simulator.spec import Hand, SimulationSpec

NEEDLE_RADIUS_MM = 8.5
NEEDLE_ARC_RAD = math.radians(168)
GRIP_FROM_TAIL_RAD: dict[Hand, float] = {"right": math.radians(34), "left": math.radians(146)}
CENTRE_HEIGHT_MM = 0.34 * NEEDLE_RADIUS_MM
READY_RAD, DRIVEN_RAD, HELD_RAD = math.radians(158), math.radians(4), math.radians(120)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lies:
    centre_mm: tuple[float, float, float]
    tail_rad: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    hand: Hand
    tail_rad: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Driven:
    """Turns about `centre_mm` from one tail angle to another until `end_s`."""

    centre_mm: tuple[float, float, float]
    from_rad: float
    to_rad: float
    end_s: float


Needle = Lies | Held | Driven


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One place the needle goes through; the needle enters at its right and leaves at its left."""

    x_mm: float
    y_mm: float
    height_mm: float

    @property
    def centre_mm(self) -> np.ndarray:
        return np.array([self.x_mm, self.y_mm, self.height_mm + CENTRE_HEIGHT_MM])


def stitches(spec: SimulationSpec) -> list[Passage]:
    """Five stitches across the incision, from near to far."""
    rng = spec.rng("layout")
    return [Passage(x_mm=float(rng.normal(0, 0.5)), y_mm=-9.0 + 10.0 * i, height_mm=0.0) for i in range(5)]


def hoops(spec: SimulationSpec) -> list[Passage]:
    """Four hoops on posts, left and right by turns."""
    rng = spec.rng("layout")
    places = ((20.0, -7.0), (-14.0, 3.0), (18.0, 17.0), (-12.0, 28.0))
    return [Passage(x_mm=x + float(rng.normal(0, 1)), y_mm=y, height_mm=8.5) for x, y in places]
