"""Under the liver: wet tissue, the gallbladder on its bed, the cystic duct, clips, burns, blood."""

import math

import numpy as np

from inference.simulator.arrays import Array, Colour, Image
from inference.simulator.camera import Camera
from inference.simulator.draw import area, bands, convex, disc, line, mix, shade
from inference.simulator.frame_state import FrameState
from inference.simulator.scenes.eye import Eye
from inference.simulator.scenes.ground import FAR_MM, LEFT_MM, RIGHT_MM, Ground, floor_sheet
from inference.simulator.spec import SimulationSpec
from inference.simulator.tasks.organ import BED_MM, FUNDUS_MM, NECK_MM, on_duct
from inference.simulator.textures import Field, coloured, lit_relief, noise

LIVERS: tuple[Colour, ...] = ((124, 50, 40), (142, 62, 48), (108, 46, 42), (150, 74, 58))
BLADDERS: tuple[Colour, ...] = ((126, 138, 106), (150, 148, 112), (112, 134, 128), (168, 150, 104))
NUM_BODY_POINTS, NUM_BODY_SHADES = 18, 10


class AbdomenScene:
    def __init__(self, spec: SimulationSpec) -> None:
        self._rng = spec.rng("scene")
        self._sheet = floor_sheet(spec)
        self._liver = LIVERS[int(self._rng.integers(len(LIVERS)))]
        self._bladder = BLADDERS[int(self._rng.integers(len(BLADDERS)))]
        self._duct: Colour = (196, 150, 110)
        self._width_mm = float(self._rng.uniform(10.0, 13.0))
        self._veins = self._rng.uniform(-0.75, 0.75, size=(4, 2))

    def plate(self, camera: Camera) -> Image:
        rng = self._rng
        ground = Ground(self._omentum(), self._sheet)
        liver = self._edge(12.0, rng)
        ground.darken(ground.mask(liver, soft_mm=5.0, shift_mm=(2.0, -6.0)), 0.66)
        relief = noise(rng, self._sheet, cell_mm=48, octaves=6)
        skin = coloured(self._liver, 0.8 * noise(rng, self._sheet, cell_mm=32, octaves=5), (13, 7, 6))
        surface = lit_relief(self._sheet, skin * 1.05, 9 * relief, strength=0.26, gloss=0.36)
        ground.lay(surface, ground.mask(liver, soft_mm=0.5))
        self._bed(ground)
        ground.pool_of_light((float(rng.normal(-2, 6)), float(rng.normal(14, 5))), radius_mm=78.0, floor=0.2)
        return ground.seen_by(camera)

    def _omentum(self) -> Field:
        """Yellow fat and pink peritoneum in lumps."""
        rng = self._rng
        lumps = noise(rng, self._sheet, cell_mm=22, octaves=4)
        fat = coloured((206, 150, 84), 0.7 * noise(rng, self._sheet, cell_mm=12, octaves=4), (14, 14, 12))
        pink = coloured((178, 84, 74), 0.7 * noise(rng, self._sheet, cell_mm=18, octaves=4), (14, 10, 10))
        share = 1 / (1 + np.exp(-2.4 * (noise(rng, self._sheet, cell_mm=40, octaves=3) + 0.1)))
        blend = fat * share[..., None] + pink * (1 - share[..., None])
        return lit_relief(self._sheet, blend.astype(np.float32), 12 * np.abs(lumps), strength=-0.3, gloss=0.55)

    @staticmethod
    def _edge(y_mm: float, rng: np.random.Generator) -> Array:
        """Everything beyond a soft wavy line: the liver above."""
        x = np.linspace(LEFT_MM, RIGHT_MM, 60)
        wave = 6 * np.sin(x / 31 + rng.uniform(0, 6)) + 3 * np.sin(x / 13 + rng.uniform(0, 6)) + 0.0016 * x**2
        edge = np.column_stack([x, y_mm - 6 + wave])
        return np.vstack([edge, [[RIGHT_MM, FAR_MM], [LEFT_MM, FAR_MM]]])

    def _bed(self, ground: Ground) -> None:
        """The groove the gallbladder lies in, rawer than the rest."""
        angle = np.linspace(0, 2 * np.pi, 40)
        x, y, _ = BED_MM
        outline = np.column_stack([x - 4 + 17 * np.cos(angle), y - 2 + 12 * np.sin(angle)])
        raw = coloured((168, 66, 58), noise(self._rng, self._sheet, cell_mm=10, octaves=4), (16, 10, 8))
        relief = noise(self._rng, self._sheet, cell_mm=12, octaves=4)
        ground.lay(
            lit_relief(self._sheet, raw, 9 * relief, strength=0.3, gloss=0.5), ground.mask(outline, soft_mm=3.0) * 0.75
        )

    def shadows(self, state: FrameState) -> list[tuple[Array, float]]:
        spine = self._spine(state)[::5].copy()
        spine[:, 2] = 0.0
        return [(spine + np.array([3.0, -5.0, 0.0]), 2.0 * self._width_mm)]

    def draw_ground(self, image: Image, state: FrameState, eye: Eye) -> None:
        cleaned = sum(mark.name == "clean" for mark in state.marks)
        for mark in state.marks:
            if mark.name == "blood":
                self._pool(
                    image, mark.value, min(1.0, (state.time_s - mark.timestamp_s) / 3) * 0.8 ** (2 * cleaned), eye
                )
            elif mark.name == "burn":
                at = np.asarray(mark.value)
                size = eye.px_per_mm(at)
                disc(image, eye.px(at[None])[0], 2.0 * size, (110, 62, 42))
                disc(image, eye.px(at[None])[0], 1.1 * size, (62, 40, 32))

    @staticmethod
    def _pool(image: Image, at_mm: tuple[float, float], growth: float, eye: Eye) -> None:
        if growth < 0.12:
            return
        angle = np.linspace(0, 2 * np.pi, 20, endpoint=False)
        radius = 9.0 * growth * (1 + 0.22 * np.sin(3 * angle + at_mm[0]) + 0.1 * np.sin(5 * angle))
        points = np.column_stack(
            [at_mm[0] + radius * np.cos(angle), at_mm[1] + 0.8 * radius * np.sin(angle), np.full(20, 0.5)]
        )
        outline = eye.px(points)
        area(image, [outline], (112, 10, 12))
        middle = outline.mean(axis=0)
        area(image, [middle + (outline - middle) * 0.75], (142, 16, 18))
        glint = middle + (outline[3:8] - middle) * 0.6
        line(image, glint, (244, 190, 184), 2)

    def draw_below(self, image: Image, state: FrameState, eye: Eye) -> None:
        self._draw_duct(image, state, eye)
        self._draw_bladder(image, state, eye)
        for mark in state.marks:
            if mark.name == "clip":
                self._clip(image, np.asarray(mark.value), eye)

    def draw_above(self, image: Image, state: FrameState, eye: Eye) -> None:
        """The instruments are in front."""

    def _spine(self, state: FrameState) -> Array:
        """The gallbladder's middle line from neck to fundus, drawn by the left hand once it holds. Shape (N, 3)."""
        held = [mark for mark in state.marks if mark.name == "retracted" and mark.value]
        neck, fundus = np.asarray(NECK_MM), np.asarray(FUNDUS_MM)
        if held:
            pull = min(1.0, (state.time_s - held[-1].timestamp_s) / 0.4)
            grip = state.tip_mm("left") + np.array([-3.0, 0.5, -1.5])
            fundus = fundus + (grip - fundus) * pull
        t = np.linspace(0, 1, NUM_BODY_POINTS)[:, None]
        spine: Array = neck + (fundus - neck) * t + np.array([4.0, 0.0, 2.0]) * 4 * t * (1 - t)
        return spine

    def _draw_bladder(self, image: Image, state: FrameState, eye: Eye) -> None:
        spine = self._spine(state)
        t = np.linspace(0, 1, NUM_BODY_POINTS)
        width = self._width_mm * (0.16 + 0.84 * np.sin(np.pi * np.clip(0.08 + 0.88 * t, 0, 1) ** 1.15) ** 0.8)
        on_screen = eye.px(spine)
        along = np.gradient(on_screen, axis=0)
        norm = np.column_stack([-along[:, 1], along[:, 0]]) / np.hypot(along[:, 0], along[:, 1])[:, None]
        half = (width * eye.px_per_mm(spine[9]))[:, None]
        side = 1.0 if norm[9] @ np.array([-0.3, -1.0]) > 0 else -1.0
        for depth in np.linspace(0.0, 1.0, NUM_BODY_SHADES):
            left = on_screen + norm * half * (-1.0 + 1.1 * depth) * side
            right = on_screen + norm * half * (1.0 - 0.45 * depth) * side
            lit = shade(self._bladder, 0.38 + 0.66 * math.sqrt(depth))
            area(image, [np.vstack([left, right[::-1]])], mix(lit, (255, 246, 232), 0.16 * depth**3))
        for start, bend in self._veins:
            vein = on_screen + norm * half * (start * 0.8 + 0.22 * bend * np.sin(4 * t + 9 * start))[:, None]
            line(image, vein[3:-2], mix(self._bladder, (150, 50, 44), 0.38), 1)
        gleam = on_screen + norm * half * 0.42 * side
        for first, last, thick in ((4, 8, 5), (10, 12, 4), (13, 15, 2)):
            line(image, gleam[first:last], (250, 248, 240), thick * image.shape[1] / 854)

    def _draw_duct(self, image: Image, state: FrameState, eye: Eye) -> None:
        is_cut = any(mark.name == "duct_cut" for mark in state.marks)
        pieces = ((0.0, 0.52), (0.64, 1.0)) if is_cut else ((0.0, 1.0),)
        for first, last in pieces:
            points = np.stack([on_duct(share) for share in np.linspace(first, last, 9)])
            scale = eye.px_per_mm(points[4])
            on_screen = eye.px(points)
            line(image, on_screen + np.array([0.3, 0.9]) * scale, (74, 30, 26), 4.4 * scale)
            line(image, on_screen, shade(self._duct, 0.7), 4.0 * scale)
            line(image, on_screen - 0.3 * scale, self._duct, 2.6 * scale)
            line(image, on_screen - 0.8 * scale, (244, 222, 196), 0.7 * scale)
            if last == 1.0:
                for radius, colour in ((2.9, (112, 56, 44)), (2.2, (140, 80, 58))):
                    disc(image, on_screen[-1], radius * scale, colour)
            if is_cut:
                disc(image, on_screen[-1 if first == 0.0 else 0], 1.7 * scale, (150, 40, 36))

    @staticmethod
    def _clip(image: Image, at_mm: Array, eye: Eye) -> None:
        scale = eye.px_per_mm(at_mm)
        ends = eye.px(at_mm + np.array([[-1.6, -3.0, 1.0], [2.0, 3.4, 1.0]]))
        stripes = bands(ends[0], ends[1], 1.9 * scale, 1.9 * scale, np.array([(-1.0, 1.0), (-0.6, 0.6), (-0.3, 0.1)]))
        for corners, colour in zip(stripes, ((70, 62, 40), (206, 180, 112), (252, 244, 216)), strict=True):
            convex(image, corners, colour)
