"""A pink silicone pad with an incision and dots; the stitches, the needle and its thread."""

import numpy as np

from inference.simulator.camera import Camera
from inference.simulator.draw import Colour, Image, disc, shade
from inference.simulator.motor import Array
from inference.simulator.scenes.base import Eye
from inference.simulator.scenes.ground import Ground, box_floor, circle, floor_sheet, rectangle
from inference.simulator.scenes.thread import draw_needle, draw_thread, hanging, needle_points_mm
from inference.simulator.spec import SimulationSpec
from inference.simulator.tasks.needlework import NEEDLE_RADIUS_MM, Driven, Passage, stitches
from inference.simulator.textures import coloured, lit_relief, noise
from inference.simulator.timeline import FrameState

PAD_COLOURS: tuple[Colour, ...] = ((214, 150, 132), (204, 134, 118), (222, 170, 150), (190, 118, 104))
THREADS: tuple[Colour, ...] = ((44, 52, 130), (26, 26, 30), (102, 48, 124), (40, 110, 70), (196, 190, 176))
BITE_MM = 0.94 * NEEDLE_RADIUS_MM


class SuturePadScene:
    def __init__(self, spec: SimulationSpec) -> None:
        self._rng = spec.rng("scene")
        self._sheet = floor_sheet(spec)
        self._stitches = stitches(spec)
        self._pad_colour = PAD_COLOURS[int(self._rng.integers(len(PAD_COLOURS)))]
        self._thread = THREADS[int(self._rng.integers(len(THREADS)))]

    def plate(self, camera: Camera) -> Image:
        rng = self._rng
        ground = box_floor(rng, self._sheet)
        lay_pad(ground, rng, self._pad_colour)
        line_mm = np.stack([0.6 * np.sin(np.linspace(0, 5, 30)), np.linspace(-20, 42, 30)], axis=1)
        ground.stroke(line_mm + np.array([0.7, -0.4]), (236, 190, 176), 2.0, share=0.6)
        ground.stroke(line_mm, (96, 34, 34), 1.5, share=0.9)
        for stitch in self._stitches:
            for side in (-BITE_MM, BITE_MM):
                ground.lay(
                    self._sheet.plain((40, 34, 44)),
                    ground.mask(circle((stitch.x_mm + side, stitch.y_mm), 1.0)) * 0.8,
                )
        ground.pool_of_light((float(rng.normal(0, 8)), float(rng.normal(12, 6))), radius_mm=95.0, floor=0.42)
        return ground.seen_by(camera)

    def shadows(self, state: FrameState) -> list[tuple[Array, float]]:
        return needle_shadow(state)

    def draw_ground(self, image: Image, state: FrameState, eye: Eye) -> None:
        """Stitches already made: thread over the incision, a hole at each end."""
        for stitch in self._stitches[: num_passed(state)]:
            ends = np.array([[stitch.x_mm - BITE_MM, stitch.y_mm, 0.2], [stitch.x_mm + BITE_MM, stitch.y_mm, 0.2]])
            for end in eye.px(ends):
                disc(image, end, 1.0 * eye.px_per_mm(ends[0]), (70, 30, 34))

    def draw_below(self, image: Image, state: FrameState, eye: Eye) -> None:
        done = num_passed(state)
        for before, after in zip(self._stitches[: max(0, done - 1)], self._stitches[1:done], strict=True):
            draw_thread(image, _over(before, after), eye, self._thread)

    def draw_above(self, image: Image, state: FrameState, eye: Eye) -> None:
        draw_needle_and_thread(image, state, eye, self._anchor(state), self._thread, floor_mm=0.0)

    def _anchor(self, state: FrameState) -> Array:
        """Where the running thread leaves the pad: the last exit, or its free end before the first stitch."""
        done = num_passed(state)
        if done == 0:
            return np.array([30.0, 22.0, 0.4])
        last = self._stitches[min(done, len(self._stitches)) - 1]
        return np.array([last.x_mm - BITE_MM, last.y_mm, 0.4])


def lay_pad(ground: Ground, rng: np.random.Generator, colour: Colour) -> None:
    pad = rectangle((0.0, 12.0), (122.0, 78.0), corner_mm=5.0)
    ground.darken(ground.mask(pad, soft_mm=4.0, shift_mm=(3.0, -5.0)), 0.6)
    ground.lay(ground.sheet.plain(shade(colour, 0.55)), ground.mask(pad, shift_mm=(0.0, -4.0)))
    relief = noise(rng, ground.sheet, cell_mm=24, octaves=5)
    skin = coloured(colour, 0.5 * noise(rng, ground.sheet, cell_mm=40, octaves=4), (10, 8, 7))
    ground.lay(lit_relief(ground.sheet, skin * 1.1, relief, strength=0.5, gloss=0.16), ground.mask(pad))


def num_passed(state: FrameState) -> int:
    """Passages since the needle was last loaded afresh."""
    fresh = max((i for i, mark in enumerate(state.marks) if mark.name == "fresh"), default=0)
    return sum(mark.name == "passed" for mark in state.marks[fresh:])


def needle_shadow(state: FrameState) -> list[tuple[Array, float]]:
    points = _needle(state).copy()
    if float(points[:, 2].max()) < 0:
        return []
    points[:, 2] = 0.0
    return [(points[::4], 1.6)]


def _needle(state: FrameState) -> Array:
    mark = [mark for mark in state.marks if mark.name == "needle"][-1]
    return needle_points_mm(mark.value, state, mark.timestamp_s)


def draw_needle_and_thread(
    image: Image, state: FrameState, eye: Eye, anchor_mm: Array, colour: Colour, *, floor_mm: float | None
) -> None:
    """The needle, and the thread from its tail to where it was last fixed."""
    mark = [mark for mark in state.marks if mark.name == "needle"][-1]
    points = needle_points_mm(mark.value, state, mark.timestamp_s)
    length_mm = max(46.0, 96.0 - 9.0 * num_passed(state))
    tail = points[0]
    if isinstance(mark.value, Driven) and tail[2] < 0:
        tail = np.array([mark.value.centre_mm[0] + BITE_MM, mark.value.centre_mm[1], 0.4])
    draw_thread(image, hanging(tail, anchor_mm, length_mm=length_mm), eye, colour)
    draw_needle(image, points, eye, floor_mm=floor_mm)


def _over(before: Passage, after: Passage) -> Array:
    """The thread on the surface from one exit to the next entry."""
    start = np.array([before.x_mm - BITE_MM, before.y_mm, 0.3])
    end = np.array([after.x_mm + BITE_MM, after.y_mm, 0.3])
    t = np.linspace(0, 1, 8)[:, None]
    over: Array = start + (end - start) * t + np.array([0.0, 0.0, 1.2]) * 4 * t * (1 - t)
    return over
