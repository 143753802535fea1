"""Draws one frame: moved background, shadows, things, instruments, smoke, the camera's own faults.

Frames can be asked for in any order and are the same bytes each time.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from inference.simulator.arrays import Image
from inference.simulator.camera import Camera, View
from inference.simulator.camera_motion import CameraMotion
from inference.simulator.draw import line
from inference.simulator.frame_state import FrameState
from inference.simulator.instruments import InstrumentImage, instrument_image, shadow_line_mm
from inference.simulator.look import Finish, Look
from inference.simulator.scenes.base import Scene
from inference.simulator.scenes.eye import Eye
from inference.simulator.smoke import Smoke
from inference.simulator.spec import HANDS, Hand, SimulationSpec
from inference.simulator.timeline import Timeline

MASK_SCALE = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameGeometry:
    """What is where in one frame: shared by the picture and by the truth."""

    frame_index: int
    state: FrameState
    eye: Eye
    instruments: dict[Hand, InstrumentImage]

    @property
    def back_to_front(self) -> list[Hand]:
        return sorted(self.instruments, key=lambda hand: -self.instruments[hand].depth_mm)


class Renderer:
    def __init__(self, spec: SimulationSpec, timeline: Timeline, scene: Scene) -> None:
        self._spec, self._timeline, self._scene = spec, timeline, scene
        self.camera = Camera.of(spec)
        self.motion = CameraMotion(spec, self.camera, length_s=timeline.duration_s)
        self._look = Look.of(spec)
        self._finish = Finish(spec, self._look)
        self._smoke = Smoke(spec, [mark.timestamp_s for mark in timeline.script.marks if mark.name == "smoke"])
        self._background = Background(spec, self.motion, scene.plate(self.camera))

    def geometry(self, frame_index: int) -> FrameGeometry:
        state = self._timeline.state(frame_index)
        view = self.motion.view(state.time_s)
        instruments = {hand: instrument_image(state.hands[hand], self.camera, view) for hand in HANDS}
        return FrameGeometry(
            frame_index=frame_index, state=state, eye=Eye(camera=self.camera, view=view), instruments=instruments
        )

    def frame(self, frame_index: int) -> Image:
        """returns : shape (height_px, width_px, 3), uint8, RGB"""
        return self.draw(self.geometry(frame_index))

    def draw(self, geometry: FrameGeometry) -> Image:
        """The picture of a geometry of `geometry`; shape (height_px, width_px, 3), uint8, RGB"""
        state, eye = geometry.state, geometry.eye
        image = self._background.picture(state.time_s, eye.view)
        self._scene.draw_ground(image, state, eye)
        self._shade(image, state, eye)
        self._scene.draw_below(image, state, eye)
        for hand in geometry.back_to_front:
            geometry.instruments[hand].draw(image)
        self._scene.draw_above(image, state, eye)
        self._smoke.draw(image, state.time_s)
        defocus_px = self.motion.defocus_px(state.time_s)
        return self._finish.apply(image, geometry.frame_index, defocus_px=defocus_px)

    def smoke_at(self, time_s: float) -> float:
        """0 none .. 1 thick."""
        return self._smoke.density(time_s)

    def instrument_mask(self, geometry: FrameGeometry) -> Image:
        """A quarter of the picture's size; 0 nothing, 1 left instrument, 2 right. uint8."""
        mask = np.zeros((self._spec.height_px // 4, self._spec.width_px // 4), np.uint8)
        for hand in geometry.back_to_front:
            geometry.instruments[hand].draw_mask(mask, HANDS.index(hand) + 1, scale=MASK_SCALE)
        return mask

    def _shade(self, image: Image, state: FrameState, eye: Eye) -> None:
        """Soft shadows of instruments and things on what lies below."""
        height_px, width_px = image.shape[:2]
        light = np.full((height_px // 4, width_px // 4), 255, np.uint8)
        lines = [(shadow_line_mm(state.hands[hand]), state.hands[hand].kind.shaft_mm * 1.25) for hand in HANDS]
        dark = round(255 * (1 - self._look.shadow))
        for points_mm, width_mm in [*lines, *self._scene.shadows(state)]:
            width_px_low = width_mm * eye.px_per_mm(points_mm[0]) * MASK_SCALE
            line(light, eye.px(points_mm) * MASK_SCALE, dark, width_px_low)
        light = cv2.GaussianBlur(light, (0, 0), 2.2 * width_px / 854)
        full = cv2.cvtColor(cv2.resize(light, (width_px, height_px)), cv2.COLOR_GRAY2RGB)
        cv2.multiply(image, full, dst=image, scale=1 / 255)


class Background:
    """The plate under the camera's movement; when only the shift changes, a cheap path is taken."""

    def __init__(self, spec: SimulationSpec, motion: CameraMotion, plate: Image) -> None:
        self._spec, self._motion, self._plate = spec, motion, plate
        self._turned: tuple[tuple[float, ...], Image] | None = None

    def picture(self, time_s: float, view: View) -> Image:
        size = (self._spec.width_px, self._spec.height_px)
        if self._motion.is_moving(time_s):
            return np.ascontiguousarray(cv2.warpAffine(self._plate, view.matrix, size, flags=cv2.INTER_LINEAR))
        turned, pad_px = self._turned_plate(view)
        x, y = pad_px - view.matrix[:, 2]
        left, top = int(np.floor(x)), int(np.floor(y))
        fx, fy = x - left, y - top
        kernel = np.outer([1 - fy, fy], [1 - fx, fx]).astype(np.float32)
        crop = turned[top : top + size[1], left : left + size[0]]
        return np.ascontiguousarray(cv2.filter2D(crop, -1, kernel, anchor=(0, 0)))

    def _turned_plate(self, view: View) -> tuple[Image, int]:
        key = tuple(view.matrix[:, :2].round(9).ravel())
        if self._turned is None or self._turned[0] != key:
            height, width = self._plate.shape[:2]
            pad_px = 16
            matrix = np.column_stack([view.matrix[:, :2], [pad_px, pad_px]])
            turned = cv2.warpAffine(
                self._plate,
                matrix,
                (width + 4 * pad_px, height + 4 * pad_px),
                flags=cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            )
            self._turned = (key, np.ascontiguousarray(turned))
        return self._turned[1], 16
