"""The gauze of pattern cutting: white weave held at its corners, a circle in ink, the cut as it opens."""

import numpy as np

from inference.simulator.arrays import Array, Image
from inference.simulator.camera import Camera
from inference.simulator.draw import area, convex, line
from inference.simulator.frame_state import FrameState
from inference.simulator.scenes.eye import Eye
from inference.simulator.scenes.ground import Ground, box_floor, circle, floor_sheet, rectangle
from inference.simulator.spec import SimulationSpec
from inference.simulator.tasks.pattern_cutting import pattern
from inference.simulator.textures import gauze, noise

INKS = ((36, 30, 62), (26, 26, 30), (84, 30, 88), (28, 58, 120))
SIZE_MM = (104.0, 82.0)
CENTRE_MM = (0.0, 12.0)


class GauzeScene:
    def __init__(self, spec: SimulationSpec) -> None:
        self._rng = spec.rng("scene")
        self._sheet = floor_sheet(spec)
        self._pattern = pattern(spec)
        self._ink = INKS[int(self._rng.integers(len(INKS)))]
        self._under = (30, 34, 40)

    def plate(self, camera: Camera) -> Image:
        rng = self._rng
        ground = box_floor(rng, self._sheet)
        sheet = rectangle(CENTRE_MM, SIZE_MM, corner_mm=1.0)
        sheet = sheet + np.column_stack([np.sin(sheet[:, 1] / 7), np.sin(sheet[:, 0] / 9)]) * 0.8
        ground.darken(ground.mask(sheet, soft_mm=5.0, shift_mm=(3.0, -5.0)), 0.62)
        cotton = gauze(rng, self._sheet)
        cotton += 7.0 * noise(rng, self._sheet, cell_mm=38, octaves=2)[..., None]
        ground.lay(cotton, ground.mask(sheet) * 0.97)
        self._ink_lines(ground)
        for x, y in ((-49, 49), (49, 49), (-49, -25), (49, -25)):
            self._clip(ground, (x, y))
        ground.pool_of_light((float(rng.normal(0, 8)), float(rng.normal(12, 6))), radius_mm=95.0, floor=0.42)
        return ground.seen_by(camera)

    def _ink_lines(self, ground: Ground) -> None:
        shape = self._pattern
        wobble = 0.25 * np.sin(np.linspace(0, 40, 96))
        for radius in (shape.radius_mm - 1.0, shape.radius_mm + 1.0):
            outline = circle(shape.centre_mm, radius, num_points=96)
            ground.stroke(outline + wobble[:, None] * 0.4, self._ink, 0.75, share=0.86, is_closed=True)

    @staticmethod
    def _clip(ground: Ground, at_mm: tuple[float, float]) -> None:
        """A steel crocodile clip that holds a corner."""
        body = rectangle(at_mm, (9.0, 15.0), corner_mm=2.0)
        ground.darken(ground.mask(body, soft_mm=1.6, shift_mm=(1.0, -1.5)), 0.55)
        for inset, grey in ((0.0, 84), (1.2, 148), (2.6, 206)):
            part = rectangle((at_mm[0] - inset / 3, at_mm[1]), (9.0 - 2 * inset, 15.0 - inset), corner_mm=1.2)
            ground.lay(ground.sheet.plain((grey, grey, grey)), ground.mask(part))

    def shadows(self, state: FrameState) -> list[tuple[Array, float]]:
        return []

    def draw_ground(self, image: Image, state: FrameState, eye: Eye) -> None:
        cuts = _since_last(state, "new_gauze", "cut")
        if len(cuts) < 2:
            return
        points = np.column_stack([np.asarray(cuts), np.zeros(len(cuts))])
        scale = eye.px_per_mm(points[-1])
        on_screen = eye.px(points)
        line(image, on_screen + np.array([0.0, 0.35 * scale]), (236, 235, 228), 2.3 * scale)
        line(image, on_screen, self._under, 1.5 * scale)
        if len(cuts) > 5:
            line(image, on_screen[:-4], self._under, 2.4 * scale)

    def draw_below(self, image: Image, state: FrameState, eye: Eye) -> None:
        """The fold the left hand lifts."""
        grips = [mark.value for mark in state.marks if mark.name == "grip"]
        if not grips or grips[-1] is None:
            return
        x, y = grips[-1]
        tip = state.tip_mm("left") + np.array([0.0, 0.0, -0.5])
        feet = np.array(
            [
                [x - 13, y - 2, 0],
                [x - 7, y - 9, 0],
                [x + 4, y - 10, 0],
                [x + 12, y - 3, 0],
                [x + 8, y + 7, 0],
                [x - 6, y + 8, 0],
            ]
        )
        corners, top = eye.px(feet), eye.px(tip[None])[0]
        area(image, [corners], (186, 184, 176))
        for i, grey in ((4, 176), (5, 196), (3, 168), (0, 218), (2, 190), (1, 208)):
            face = np.stack([corners[i], corners[(i + 1) % len(corners)], top])
            convex(image, face, (grey, grey - 2, grey - 8))
        line(image, np.stack([corners[1], top, corners[3]]), (150, 148, 142), 1)

    def draw_above(self, image: Image, state: FrameState, eye: Eye) -> None:
        """The instruments are in front."""


def _since_last(state: FrameState, start: str, name: str) -> list[tuple[float, float]]:
    first = max((i for i, mark in enumerate(state.marks) if mark.name == start), default=0)
    return [mark.value for mark in state.marks[first:] if mark.name == name]
