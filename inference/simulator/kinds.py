"""The instruments' heads: outlines in mm, along the shaft from the hinge and across it, with their colours.

A shape turns with the upper jaw (side 1), with the lower (-1) or not at all (0).
"""

from dataclasses import dataclass, field
from functools import cache

import numpy as np

from inference.simulator.arrays import Array, Colour

STEEL: Colour = (168, 172, 178)
STEEL_DARK: Colour = (92, 95, 101)
STEEL_LIGHT: Colour = (232, 236, 240)
INSULATION: Colour = (40, 40, 44)
GOLD: Colour = (206, 160, 62)
CERAMIC: Colour = (232, 226, 210)
BLUE: Colour = (52, 92, 186)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    side: int
    colour: Colour
    outline_mm: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentKind:
    """`tip_mm` is the working tip (along, across), jaws closed; `opening_deg` the full angle between the jaws."""

    name: str
    shaft_mm: float
    shaft_colour: Colour
    collar_colour: Colour
    collar_mm: float
    opening_deg: float
    tip_mm: tuple[float, float]
    shapes: tuple[Shape, ...]

    corners_mm: Array = field(init=False)
    sides: Array = field(init=False)
    stops: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        """All corners in one array, so that one multiplication places them."""
        counts = [len(shape.outline_mm) for shape in self.shapes]
        sides = [shape.side for shape in self.shapes]
        object.__setattr__(self, "corners_mm", np.vstack([shape.outline_mm for shape in self.shapes]))
        object.__setattr__(self, "sides", np.repeat(np.asarray(sides, dtype=np.float64), counts))
        object.__setattr__(self, "stops", tuple(int(stop) for stop in np.cumsum([0, *counts])))

    @property
    def length_mm(self) -> float:
        return self.tip_mm[0]


def _jaws(colour: Colour, outline: list[tuple[float, float]], *, lower: bool = True) -> list[Shape]:
    """The same outline for the upper jaw and, mirrored and darker, the lower."""
    upper = np.asarray(outline)
    shapes = [Shape(side=1, colour=colour, outline_mm=upper)]
    if lower:
        dark = (round(colour[0] * 0.8), round(colour[1] * 0.8), round(colour[2] * 0.8))
        shapes.insert(0, Shape(side=-1, colour=dark, outline_mm=upper * np.array([1.0, -1.0])))
    return shapes


def _fixed(colour: Colour, outline: list[tuple[float, float]]) -> Shape:
    return Shape(side=0, colour=colour, outline_mm=np.asarray(outline))


def _disc(colour: Colour, along: float, across: float, radius: float) -> Shape:
    angle = np.linspace(0, 2 * np.pi, 13)[:-1]
    return Shape(
        side=0, colour=colour, outline_mm=np.stack([along + radius * np.cos(angle), across + radius * np.sin(angle)], 1)
    )


def _grasper() -> InstrumentKind:
    teeth = [
        tooth
        for i in range(5)
        for tooth in _jaws(STEEL_DARK, [(6 + 2.2 * i, 0.0), (7.2 + 2.2 * i, 0.0), (6.6 + 2.2 * i, 0.85)])
    ]
    shapes = [
        *_jaws(
            STEEL, [(0, -0.3), (-0.5, 1.7), (3, 2.5), (8, 2.6), (13, 2.2), (17, 1.5), (18.4, 0.8), (18.2, 0), (6, 0)]
        ),
        *_jaws(STEEL_DARK, [(6, 1.0), (12.5, 0.95), (12.5, 1.5), (6, 1.65)]),
        *_jaws(STEEL_LIGHT, [(0.5, 1.5), (3, 2.2), (8, 2.3), (13, 1.95), (16.5, 1.35), (13, 1.7), (8, 2.0), (3, 1.9)]),
        *teeth,
        _disc(STEEL_DARK, 0.4, 0, 1.1),
        _disc(STEEL_LIGHT, 0.3, 0.2, 0.5),
    ]
    return InstrumentKind(
        name="grasper",
        shaft_mm=5.0,
        shaft_colour=INSULATION,
        collar_colour=STEEL,
        collar_mm=6.0,
        opening_deg=56.0,
        tip_mm=(18.2, 0.0),
        shapes=tuple(shapes),
    )


def _scissors() -> InstrumentKind:
    shapes = [
        *_jaws(
            STEEL_LIGHT,
            [(-0.5, -0.6), (-0.5, 1.9), (3, 2.3), (9, 2.7), (14, 2.2), (17.6, 0.6), (17.8, 0.1), (8, -0.35)],
        ),
        *_jaws(STEEL, [(2, 1.9), (9, 2.35), (14, 1.9), (16.5, 0.8), (9, 1.1), (2, 0.8)]),
        *_jaws(STEEL_DARK, [(1, -0.3), (17, 0.15), (9, 0.25)]),
        _disc(STEEL_DARK, 0.9, 0, 1.5),
        _disc(STEEL_LIGHT, 0.7, 0.3, 0.7),
    ]
    return InstrumentKind(
        name="scissors",
        shaft_mm=5.0,
        shaft_colour=INSULATION,
        collar_colour=STEEL_DARK,
        collar_mm=3.5,
        opening_deg=62.0,
        tip_mm=(17.8, 0.0),
        shapes=tuple(shapes),
    )


def _needle_driver() -> InstrumentKind:
    shapes = [
        *_jaws(STEEL, [(-1, -0.6), (-1, 2.4), (2, 2.5), (7, 2.3), (10.4, 1.7), (11.2, 0.9), (11.0, 0), (4, 0)]),
        *_jaws(GOLD, [(3.2, 0.0), (10.9, 0.0), (10.9, 0.9), (3.4, 1.0)]),
        *_jaws(STEEL_LIGHT, [(-0.5, 2.0), (2, 2.25), (7, 2.05), (10, 1.5), (7, 1.75), (2, 1.85)]),
        _disc(STEEL_DARK, 0.2, 0, 1.0),
    ]
    return InstrumentKind(
        name="needle_driver",
        shaft_mm=5.2,
        shaft_colour=STEEL,
        collar_colour=GOLD,
        collar_mm=4.0,
        opening_deg=50.0,
        tip_mm=(11.0, 0.0),
        shapes=tuple(shapes),
    )


def _hook() -> InstrumentKind:
    shapes = [
        _fixed(CERAMIC, [(-1, 1.7), (-1, -1.7), (3.4, -1.1), (3.4, 1.1)]),
        _fixed(
            STEEL_DARK, [(3, 0.75), (13.4, 0.75), (14.6, 0.0), (14.6, -4.6), (13.0, -4.8), (12.8, -0.8), (3, -0.75)]
        ),
        _fixed(STEEL, [(3, 0.5), (13.2, 0.5), (14.3, -0.2), (14.3, -4.4), (13.6, -4.4), (13.4, -0.3), (3, -0.2)]),
        _fixed(STEEL_LIGHT, [(3, 0.4), (13, 0.4), (13.6, 0.1), (3, 0.1)]),
    ]
    return InstrumentKind(
        name="hook",
        shaft_mm=5.0,
        shaft_colour=INSULATION,
        collar_colour=INSULATION,
        collar_mm=3.0,
        opening_deg=0.0,
        tip_mm=(13.9, -4.5),
        shapes=tuple(shapes),
    )


def _bipolar() -> InstrumentKind:
    shapes = [
        *_jaws(BLUE, [(-1, -0.4), (-1, 2.0), (3, 2.6), (10, 2.2), (12, 1.8), (12, 0.3), (4, 0.4)]),
        *_jaws(STEEL_LIGHT, [(12, 0.1), (12, 2.0), (15.5, 2.0), (16.6, 1.1), (16.4, 0.05)]),
        *_jaws((120, 156, 230), [(0, 1.6), (3, 2.2), (10, 1.8), (10, 1.5), (3, 1.8)]),
    ]
    return InstrumentKind(
        name="bipolar",
        shaft_mm=5.0,
        shaft_colour=(46, 52, 70),
        collar_colour=BLUE,
        collar_mm=7.0,
        opening_deg=44.0,
        tip_mm=(16.5, 0.0),
        shapes=tuple(shapes),
    )


def _clipper() -> InstrumentKind:
    shapes = [
        *_jaws(STEEL, [(-1, 0.6), (-1, 4.2), (5, 4.4), (14, 3.4), (18.4, 2.4), (18.6, 0.9), (13, 1.1), (4, 1.3)]),
        *_jaws(STEEL_LIGHT, [(0, 3.8), (5, 4.0), (14, 3.0), (17.5, 2.1), (14, 2.5), (5, 3.4)]),
        *_jaws(GOLD, [(11, 0.1), (18.2, 0.1), (18.2, 0.9), (11, 1.0)]),
        _fixed(STEEL_DARK, [(-2, 2.4), (-2, -2.4), (3.5, -1.2), (3.5, 1.2)]),
    ]
    return InstrumentKind(
        name="clipper",
        shaft_mm=9.0,
        shaft_colour=(196, 198, 202),
        collar_colour=STEEL_DARK,
        collar_mm=4.0,
        opening_deg=26.0,
        tip_mm=(18.4, 0.0),
        shapes=tuple(shapes),
    )


def _irrigator() -> InstrumentKind:
    holes = [_disc((30, 30, 34), 12.5 - 3.2 * i, 0.9 if i % 2 else -0.6, 0.62) for i in range(4)]
    shapes = [
        _fixed(STEEL_DARK, [(-1, 2.4), (-1, -2.4), (14.6, -2.4), (15.4, -1.2), (15.4, 1.2), (14.6, 2.4)]),
        _fixed(STEEL, [(-1, 2.0), (-1, -1.4), (14.8, -1.4), (14.8, 2.0)]),
        _fixed(STEEL_LIGHT, [(-1, 1.5), (-1, 0.8), (14.6, 0.8), (14.6, 1.5)]),
        *holes,
        _fixed((24, 22, 24), [(14.7, 1.7), (14.7, -1.7), (15.3, -1.0), (15.3, 1.0)]),
    ]
    return InstrumentKind(
        name="irrigator",
        shaft_mm=5.2,
        shaft_colour=STEEL,
        collar_colour=STEEL,
        collar_mm=1.0,
        opening_deg=0.0,
        tip_mm=(15.4, 0.0),
        shapes=tuple(shapes),
    )


@cache
def instrument_kinds() -> dict[str, InstrumentKind]:
    """Every kind by name; the names are CholecT50's, plus the needle driver."""
    makers = (_grasper, _bipolar, _hook, _scissors, _clipper, _irrigator, _needle_driver)
    return {kind.name: kind for kind in (make() for make in makers)}
