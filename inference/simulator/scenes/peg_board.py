"""The peg board: a slab with twelve pegs, six rubber rings with a hole."""

import math
from collections.abc import Callable

import cv2
import numpy as np

from inference.simulator.arrays import Array, Colour, Image
from inference.simulator.camera import Camera
from inference.simulator.draw import area, bands, convex, disc, mix, shade
from inference.simulator.frame_state import FrameState
from inference.simulator.objects import ObjectPose
from inference.simulator.scenes.eye import Eye
from inference.simulator.scenes.ground import box_floor, circle, floor_sheet, rectangle
from inference.simulator.spec import SimulationSpec
from inference.simulator.tasks.peg_transfer import (
    PEG_HEIGHT_MM,
    PEG_RADIUS_MM,
    RING_HEIGHT_MM,
    RING_HOLE_MM,
    RING_RADIUS_MM,
    peg_board,
)
from inference.simulator.textures import coloured, noise

BOARD_COLOURS: tuple[Colour, ...] = ((206, 202, 190), (188, 198, 204), (64, 96, 92), (52, 56, 66), (196, 172, 132))
RING_COLOURS: tuple[Colour, ...] = (
    (196, 52, 46),
    (54, 118, 196),
    (230, 178, 44),
    (70, 158, 84),
    (224, 118, 44),
    (134, 84, 168),
    (218, 214, 206),
    (60, 62, 68),
)
NUM_CORNERS = 27
PEG_STRIPES = np.array([(-1.0, 1.0), (-0.8, 0.7), (-0.6, 0.35)])


def _ring_shape() -> Array:
    """Six outlines of a rounded triangle with a round hole: top, its hole, underside, its hole, two for the sheen.

    returns : shape (6 x NUM_CORNERS, 3), mm from the middle of the underside
    """
    angle = np.linspace(0, 2 * np.pi, NUM_CORNERS, endpoint=False)
    radius = RING_RADIUS_MM * (1 + 0.13 * np.cos(3 * angle))
    outer = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    hole = RING_HOLE_MM * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    flat = [outer, hole, outer, hole, outer * 0.9, outer * 0.74 + np.array([0.25, -0.3])]
    heights = np.repeat([RING_HEIGHT_MM, RING_HEIGHT_MM, 0.0, 0.0, RING_HEIGHT_MM, RING_HEIGHT_MM], NUM_CORNERS)
    return np.column_stack([np.vstack(flat), heights])


class PegBoardScene:
    def __init__(self, spec: SimulationSpec) -> None:
        rng = spec.rng("scene")
        self._rng = rng
        self._sheet = floor_sheet(spec)
        self._board = peg_board(spec)
        self._board_colour = BOARD_COLOURS[int(rng.integers(len(BOARD_COLOURS)))]
        self._peg_colour = ((226, 226, 222), (120, 122, 128), (206, 170, 110))[int(rng.integers(3))]
        self._ring_colours = [RING_COLOURS[i] for i in rng.permutation(len(RING_COLOURS))]
        if rng.random() < 0.4:
            self._ring_colours = [self._ring_colours[0]] * len(RING_COLOURS)
        self._shape = _ring_shape()
        self._seen: dict[str, tuple[tuple[float, ...] | None, Array]] = {}
        self._pegs = np.vstack([self._board.left, self._board.right])

    def plate(self, camera: Camera) -> Image:
        rng = self._rng
        ground = box_floor(rng, self._sheet)
        slab = rectangle((0.0, 11.0), (146.0, 74.0), corner_mm=6.0)
        ground.darken(ground.mask(slab, soft_mm=4.0, shift_mm=(3.0, -4.0)), 0.6)
        ground.lay(
            self._sheet.plain(shade(self._board_colour, 0.55)),
            ground.mask(slab, shift_mm=(0.0, -2.6)),
        )
        top = coloured(self._board_colour, noise(rng, self._sheet, cell_mm=6, octaves=5), (3.5, 3.5, 3.5))
        top += 4.0 * noise(rng, self._sheet, cell_mm=60, octaves=2)[..., None]
        ground.lay(top, ground.mask(slab))
        for x, y in self._pegs:
            ground.darken(ground.mask(circle((x, y), 4.2), soft_mm=1.3, shift_mm=(-0.6, -0.3)), 0.5)
        ground.pool_of_light((float(rng.normal(0, 10)), float(rng.normal(14, 8))), radius_mm=105.0, floor=0.45)
        plate = ground.seen_by(camera)
        for x, y in sorted(self._pegs.tolist(), key=lambda peg: -peg[1]):
            _peg(plate, camera.project, camera.px_per_mm(np.array([x, y, 0.0])), (x, y), 0.0, self._peg_colour)
        return plate

    def shadows(self, state: FrameState) -> list[tuple[Array, float]]:
        lines = []
        for pose in state.objects.values():
            x, y, z = pose.position_mm
            shift = z * 0.12
            lines.append((np.array([[x - 4 - shift, y, 0.0], [x + 4 - shift, y + 0.1, 0.0]]), 13.0))
        return lines

    def draw_ground(self, image: Image, state: FrameState, eye: Eye) -> None:
        """Nothing changes on the board itself."""

    def draw_below(self, image: Image, state: FrameState, eye: Eye) -> None:
        rings = [(name, pose, self._ring_colours[i]) for i, (name, pose) in enumerate(state.objects.items())]
        for name, pose, colour in sorted(rings, key=lambda ring: (ring[1].position_mm[2] > 8, -ring[1].position_mm[1])):
            self._ring(image, name, pose, colour, eye)

    def draw_above(self, image: Image, state: FrameState, eye: Eye) -> None:
        """The instruments are in front of everything."""

    def _ring(self, image: Image, name: str, pose: ObjectPose, colour: Colour, eye: Eye) -> None:
        key = (*pose.position_mm.tolist(), pose.yaw_rad, pose.tilt_rad)
        if self._seen.get(name, (None, None))[0] != key:
            self._seen[name] = (key, eye.camera.project(_placed(self._shape, pose)))
        corners = eye.view.apply(self._seen[name][1]).reshape(6, NUM_CORNERS, 2)
        top_outer, top_hole, _, low_hole, rim, inner = corners
        hull = cv2.convexHull(corners[[0, 2]].reshape(-1, 2).astype(np.float32))[:, 0].astype(np.float64)
        area(image, [hull, top_hole], shade(colour, 0.5))
        area(image, [top_hole, low_hole], shade(colour, 0.34))
        area(image, [top_outer, top_hole], colour)
        area(image, [rim, inner], mix(colour, (255, 255, 255), 0.16))
        self._peg_through(image, pose, eye)

    def _peg_through(self, image: Image, pose: ObjectPose, eye: Eye) -> None:
        x, y, z = pose.position_mm
        distance = np.hypot(self._pegs[:, 0] - x, self._pegs[:, 1] - y)
        nearest = int(np.argmin(distance))
        if distance[nearest] > RING_HOLE_MM or z > PEG_HEIGHT_MM:
            return
        px, py = self._pegs[nearest]
        scale = eye.px_per_mm(np.array([px, py, 0.0]))
        _peg(image, eye.px, scale, (px, py), z + RING_HEIGHT_MM * 0.55, self._peg_colour)


def _placed(shape_mm: Array, pose: ObjectPose) -> Array:
    """Yawed about the vertical, tilted about the view axis, moved. Shape (N, 3)."""
    cos, sin = math.cos(pose.yaw_rad), math.sin(pose.yaw_rad)
    tilt_cos, tilt_sin = math.cos(pose.tilt_rad), math.sin(pose.tilt_rad)
    yaw = np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])
    tilt = np.array([[tilt_cos, 0.0, tilt_sin], [0.0, 1.0, 0.0], [-tilt_sin, 0.0, tilt_cos]])
    placed: Array = shape_mm @ (tilt @ yaw).T + pose.position_mm
    return placed


def _peg(
    image: Image,
    project: Callable[[Array], Array],
    scale: float,
    at_mm: tuple[float, float],
    from_mm: float,
    colour: Colour,
) -> None:
    """One peg from a height up to its rounded top."""
    if from_mm >= PEG_HEIGHT_MM - 0.5:
        return
    foot, top = project(np.array([[*at_mm, from_mm], [*at_mm, PEG_HEIGHT_MM]]))
    width = 2 * PEG_RADIUS_MM * scale
    for corners, factor in zip(bands(foot, top, width, width * 1.04, PEG_STRIPES), (0.45, 0.72, 0.95), strict=True):
        convex(image, corners, shade(colour, factor))
    disc(image, top, width * 0.52, shade(colour, 0.8))
    disc(image, top + np.array([-0.1, -0.1]) * width, width * 0.34, mix(colour, (255, 255, 255), 0.45))
