"""The slow movement of the hand or arm that holds the camera."""

import math

import numpy as np

from inference.simulator.arrays import Array
from inference.simulator.camera import Camera, View
from inference.simulator.motor import SmoothNoise, minimum_jerk
from inference.simulator.spec import SimulationSpec

MOVE_S, FOCUS_S, MAX_DEFOCUS_PX = 1.4, 0.8, 1.9


class CameraMotion:
    """Slow drift always; now and then the camera is moved on purpose (a pan with some roll and zoom)."""

    def __init__(self, spec: SimulationSpec, camera: Camera, *, length_s: float) -> None:
        rng = spec.rng("camera.motion")
        self._spec, self._camera = spec, camera
        unit_px = spec.width_px / 854
        steadiness = rng.uniform(0.15, 1.0) if spec.task != "organ" else rng.uniform(0.6, 1.6)
        self._drift = SmoothNoise(rng, (0.05, 0.35))
        self._drift_px = 3.2 * unit_px * steadiness
        self.moves_s: list[float] = []
        self._steps: list[tuple[float, Array]] = [(-10.0, self._pose(rng, unit_px))]
        now_s = float(rng.exponential(14.0)) + 4.0
        while now_s < length_s:
            self.moves_s.append(now_s)
            self._steps.append((now_s, self._pose(rng, unit_px)))
            now_s += 3.0 + float(rng.exponential(16.0))

    @staticmethod
    def _pose(rng: np.random.Generator, unit_px: float) -> Array:
        """tx px, ty px, roll rad, zoom share"""
        return np.array(
            [rng.normal(0, 9) * unit_px, rng.normal(0, 7) * unit_px, rng.normal(0, 0.008), rng.normal(0, 0.008)]
        )

    def is_moving(self, time_s: float) -> bool:
        """True while the camera is moved on purpose; else it only drifts."""
        return any(start_s < time_s < start_s + MOVE_S for start_s in self.moves_s)

    def defocus_px(self, time_s: float) -> float:
        """After a move the picture is soft until the camera has found its focus again; sigma in px at 854 wide."""
        age_s = [time_s - start_s for start_s in self.moves_s if start_s <= time_s < start_s + MOVE_S + FOCUS_S]
        if not age_s:
            return 0.0
        return MAX_DEFOCUS_PX * math.sin(math.pi * age_s[-1] / (MOVE_S + FOCUS_S)) ** 2

    def view(self, time_s: float) -> View:
        pose = self._steps[0][1]
        for start_s, target in self._steps[1:]:
            if start_s >= time_s:
                break
            share = float(minimum_jerk(np.array([(time_s - start_s) / MOVE_S]))[0])
            pose = target if share >= 1.0 else pose + (target - pose) * share
        drift = self._drift(np.array([time_s]))[0] * self._drift_px
        limit = self._camera.margin_px * 0.55
        tx, ty = np.clip(pose[:2] + drift[:2], -limit, limit)
        angle, zoom = float(np.clip(pose[2], -0.02, 0.02)), 1.012 + float(np.clip(pose[3], -0.01, 0.025))
        cos, sin = zoom * math.cos(angle), zoom * math.sin(angle)
        linear = np.array([[cos, -sin], [sin, cos]])
        centre = np.array([self._camera.plate_width_px / 2, self._camera.plate_height_px / 2])
        picture = np.array([self._spec.width_px / 2 + tx, self._spec.height_px / 2 + ty])
        return View(matrix=np.column_stack([linear, picture - linear @ centre]))
