"""Knot tying: a rubber drain across a pad, a thread through it, the loops and the knot."""

import math

import numpy as np

from inference.simulator.arrays import Array, Image
from inference.simulator.camera import Camera
from inference.simulator.draw import bands, convex, disc, shade
from inference.simulator.frame_state import FrameState
from inference.simulator.scenes.eye import Eye
from inference.simulator.scenes.ground import box_floor, floor_sheet
from inference.simulator.scenes.pad import PAD_COLOURS, lay_pad
from inference.simulator.scenes.thread import THREADS, draw_thread, hanging
from inference.simulator.spec import HANDS, SimulationSpec
from inference.simulator.tasks.knot_tying import KNOT_MM, LONG_END_MM, SHORT_END_MM, Loop

TUBE_STRIPES = np.array([(-1.0, 1.0), (-0.9, 0.7), (-0.75, 0.35), (-0.55, 0.0), (-0.45, -0.25)])
DRAINS = ((222, 200, 160), (206, 176, 128), (226, 214, 196))


class DrainScene:
    def __init__(self, spec: SimulationSpec) -> None:
        self._rng = spec.rng("scene")
        self._sheet = floor_sheet(spec)
        self._pad_colour = PAD_COLOURS[int(self._rng.integers(len(PAD_COLOURS)))]
        self._drain = DRAINS[int(self._rng.integers(len(DRAINS)))]
        self._thread = THREADS[int(self._rng.integers(len(THREADS) - 1))]

    def plate(self, camera: Camera) -> Image:
        ground = box_floor(self._rng, self._sheet)
        lay_pad(ground, self._rng, self._pad_colour)
        shadow = np.array([[-56.0, 0.0], [56.0, 0.0], [56.0, 9.0], [-56.0, 9.0]])
        ground.darken(ground.mask(shadow, soft_mm=2.5, shift_mm=(1.0, -3.5)), 0.5)
        ground.pool_of_light((float(self._rng.normal(0, 8)), 12.0), radius_mm=95.0, floor=0.42)
        plate = ground.seen_by(camera)
        self._tube(plate, camera)
        return plate

    def _tube(self, plate: Image, camera: Camera) -> None:
        ends_mm = np.array([[-57.0, 6.0, 3.5], [57.0, 6.0, 3.5]])
        left, right = camera.project(ends_mm)
        width = 8.0 * camera.px_per_mm(np.array([0.0, 6.0, 3.5]))
        colours = [shade(self._drain, factor) for factor in (0.5, 0.72, 0.9, 1.04, 1.16)]
        for corners, colour in zip(bands(left, right, width, width, TUBE_STRIPES), colours, strict=True):
            convex(plate, corners, colour)
        for end in (left, right):
            disc(plate, end, width / 2, shade(self._drain, 0.6))
            disc(plate, end, width / 3.4, (40, 30, 28))
        slit = camera.project(np.array([[0.0, 6.0, 7.4]]))[0]
        for offset in (-3.6, 3.6):
            disc(plate, slit + np.array([0.0, offset * 0.5 * width / 8]), width * 0.09, (60, 34, 30))

    def shadows(self, state: FrameState) -> list[tuple[Array, float]]:
        return []

    def draw_ground(self, image: Image, state: FrameState, eye: Eye) -> None:
        """Nothing is drawn on the pad."""

    def draw_below(self, image: Image, state: FrameState, eye: Eye) -> None:
        short = self._end(state, "short", SHORT_END_MM)
        curve = hanging(np.asarray(KNOT_MM), short, length_mm=max(26.0, _distance(short) + 2))
        draw_thread(image, curve, eye, self._thread)
        throws = _count(state, "throw")
        if throws:
            at = eye.px(np.array([KNOT_MM]))[0]
            radius = (0.8 + 0.35 * throws) * eye.px_per_mm(np.asarray(KNOT_MM))
            disc(image, at, radius, shade(self._thread, 0.45))
            disc(image, at - 0.2 * radius, radius * 0.66, shade(self._thread, 1.2))

    def draw_above(self, image: Image, state: FrameState, eye: Eye) -> None:
        long = self._end(state, "long", LONG_END_MM)
        knot = np.asarray(KNOT_MM)
        loop = self._loop(state)
        if loop is None:
            curve = hanging(knot, long, length_mm=max(44.0, _distance(long) + 3))
            draw_thread(image, curve, eye, self._thread)
            return
        coil = _coil(state, loop)
        way_in = hanging(knot, coil[0], length_mm=float(np.linalg.norm(coil[0] - knot)) + 5, num_points=10)
        way_out = hanging(coil[-1], long, length_mm=float(np.linalg.norm(coil[-1] - long)) + 5, num_points=10)
        draw_thread(image, np.vstack([way_in, coil, way_out]), eye, self._thread)

    @staticmethod
    def _end(state: FrameState, name: str, rest: tuple[float, float, float]) -> Array:
        """Where one end of the thread is: in a hand, or where it lies."""
        values = [mark.value for mark in state.marks if mark.name == name]
        if values and values[-1] in HANDS:
            return state.tip_mm(values[-1])
        return np.asarray(rest)

    @staticmethod
    def _loop(state: FrameState) -> Loop | None:
        loops = [mark.value for mark in state.marks if mark.name == "loop"]
        return loops[-1] if loops and state.time_s < loops[-1].off_s else None


def _count(state: FrameState, name: str) -> int:
    fresh = max((i for i, mark in enumerate(state.marks) if mark.name == "fresh"), default=0)
    return sum(mark.name == name for mark in state.marks[fresh:])


def _distance(end_mm: Array) -> float:
    return float(np.linalg.norm(end_mm - np.asarray(KNOT_MM)))


def _coil(state: FrameState, loop: Loop) -> Array:
    """Turns around the right instrument, from the tip upward. Shape (N, 3), mm."""
    share = min(1.0, max(0.0, (state.time_s - loop.start_s) / max(loop.end_s - loop.start_s, 1e-3)))
    pose = state.hands["right"]
    slip = min(1.0, max(0.0, (state.time_s - loop.end_s) / max(loop.off_s - loop.end_s, 1e-3)))
    angle = np.linspace(0.0, max(0.05, share * loop.turns) * 2 * math.pi, 28)
    along = 14.0 - 11.0 * slip + 2.4 * angle / (2 * math.pi)
    around = np.stack([0.25 * np.cos(angle), np.cos(angle), np.sin(angle)], axis=1) * (3.6 - 0.8 * slip)
    coil: Array = pose.tip_mm + along[:, None] * pose.axis + around
    return coil
