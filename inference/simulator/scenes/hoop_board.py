"""Needle passing: four metal hoops on posts, and a thread that runs through those already passed."""

import math
from itertools import pairwise

import numpy as np

from inference.simulator.arrays import Array, Image
from inference.simulator.camera import Camera
from inference.simulator.draw import bands, convex, line, shade
from inference.simulator.frame_state import FrameState
from inference.simulator.scenes.eye import Eye
from inference.simulator.scenes.ground import box_floor, circle, floor_sheet, rectangle
from inference.simulator.scenes.needle import draw_needle_and_thread, needle_shadow, num_passed
from inference.simulator.scenes.thread import THREADS, draw_thread, hanging
from inference.simulator.spec import SimulationSpec
from inference.simulator.tasks.needle import Passage, hoops
from inference.simulator.textures import coloured, noise

HOOP_RADIUS_MM = 5.2
POST_STRIPES = np.array([(-1.0, 1.0), (-0.7, 0.4)])
BOARDS = ((232, 226, 210), (74, 110, 134), (58, 62, 70), (176, 196, 180))
WIRES = ((196, 160, 74), (182, 186, 192), (196, 62, 54))


class HoopBoardScene:
    def __init__(self, spec: SimulationSpec) -> None:
        self._rng = spec.rng("scene")
        self._sheet = floor_sheet(spec)
        self._hoops = hoops(spec)
        self._thread = THREADS[int(self._rng.integers(len(THREADS) - 1))]
        self._board = BOARDS[int(self._rng.integers(len(BOARDS)))]
        self._wire = WIRES[int(self._rng.integers(len(WIRES)))]

    def plate(self, camera: Camera) -> Image:
        rng = self._rng
        ground = box_floor(rng, self._sheet)
        slab = rectangle((0.0, 12.0), (118.0, 76.0), corner_mm=5.0)
        ground.darken(ground.mask(slab, soft_mm=4.0, shift_mm=(3.0, -4.0)), 0.6)
        side = self._sheet.plain(shade(self._board, 0.55))
        ground.lay(side, ground.mask(slab, shift_mm=(0.0, -3.0)))
        ground.lay(coloured(self._board, noise(rng, self._sheet, cell_mm=5.2, octaves=5), (4, 4, 4)), ground.mask(slab))
        for hoop in self._hoops:
            ground.darken(ground.mask(circle((hoop.x_mm, hoop.y_mm), 3.0), soft_mm=1.2), 0.5)
        ground.pool_of_light((float(rng.normal(0, 8)), float(rng.normal(12, 6))), radius_mm=95.0, floor=0.42)
        return ground.seen_by(camera)

    def shadows(self, state: FrameState) -> list[tuple[Array, float]]:
        return needle_shadow(state)

    def draw_ground(self, image: Image, state: FrameState, eye: Eye) -> None:
        """Nothing is drawn on the board."""

    def draw_below(self, image: Image, state: FrameState, eye: Eye) -> None:
        passed = self._hoops[: num_passed(state)]
        for hoop in sorted(self._hoops, key=lambda hoop: -hoop.y_mm):
            self._hoop(image, hoop, eye)
        for before, after in pairwise(passed):
            curve = hanging(_middle(before), _middle(after), length_mm=44.0)
            draw_thread(image, curve, eye, self._thread)

    def draw_above(self, image: Image, state: FrameState, eye: Eye) -> None:
        done = num_passed(state)
        anchor = _middle(self._hoops[min(done, len(self._hoops)) - 1]) if done else np.array([44.0, 22.0, 0.4])
        draw_needle_and_thread(image, state, eye, anchor, self._thread, floor_mm=None)

    def _hoop(self, image: Image, hoop: Passage, eye: Eye) -> None:
        foot = np.array([hoop.x_mm, hoop.y_mm, 0.0])
        top = np.array([hoop.x_mm, hoop.y_mm, hoop.height_mm - HOOP_RADIUS_MM + 2.0])
        scale = eye.px_per_mm(foot)
        low, high = eye.px(np.stack([foot, top]))
        for corners, factor in zip(bands(low, high, 2.4 * scale, 2.0 * scale, POST_STRIPES), (0.45, 0.9), strict=True):
            convex(image, corners, shade(self._wire, factor))
        on_screen = eye.px(_hoop_mm(hoop))
        line(image, on_screen, shade(self._wire, 0.45), 1.7 * scale, is_closed=True)
        line(image, on_screen, self._wire, 1.1 * scale, is_closed=True)
        line(image, on_screen[2:9] - 0.2 * scale, (255, 248, 226), 0.4 * scale)


def _middle(hoop: Passage) -> Array:
    return np.array([hoop.x_mm, hoop.y_mm, hoop.height_mm + 2.0])


def _hoop_mm(hoop: Passage) -> Array:
    """The ring stands across the needle's way, turned a little to the viewer. Shape (24, 3), mm."""
    angle = np.linspace(0, 2 * math.pi, 24, endpoint=False)
    out = HOOP_RADIUS_MM * np.cos(angle)
    points = np.stack([0.55 * out, 0.84 * out, HOOP_RADIUS_MM * np.sin(angle)], axis=1)
    placed: Array = points + _middle(hoop)
    return placed
