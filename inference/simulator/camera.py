"""A pinhole camera above the board, and the slow movement of the hand or arm that holds it.

World: mm, x to the right, y away from the viewer, z up; the board is z = 0. The camera first takes a still "plate" a
little larger than the picture; movement is a 2-D similarity of that plate, exact for a camera that turns and zooms.
"""

import math
from dataclasses import dataclass

import numpy as np

from inference.simulator.motor import Array, SmoothNoise, minimum_jerk
from inference.simulator.spec import SimulationSpec, Task

MARGIN_SHARE = 0.07
MOVE_S, FOCUS_S, MAX_DEFOCUS_PX = 1.4, 0.8, 1.9
VIEW_DEG: dict[Task, float] = {
    "peg_transfer": 45.0,
    "pattern_cutting": 41.0,
    "suturing": 39.0,
    "needle_passing": 38.0,
    "knot_tying": 37.0,
    "organ": 39.0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """`rotation` takes world axes to right, down, forward; sizes are of the plate."""

    position_mm: Array
    rotation: Array
    focal_px: float
    plate_width_px: int
    plate_height_px: int
    margin_px: int

    @classmethod
    def of(cls, spec: SimulationSpec) -> "Camera":
        rng = spec.rng("camera")
        position = np.array([rng.normal(0, 6), -132 + rng.normal(0, 8), 150 + rng.normal(0, 8)])
        target = np.array([rng.normal(0, 2), 7 + rng.normal(0, 2), 0.0])
        forward = (target - position) / np.linalg.norm(target - position)
        right = np.cross(forward, [0.0, 0.0, 1.0])
        right /= np.linalg.norm(right)
        margin_px = round(spec.width_px * MARGIN_SHARE)
        return cls(
            position_mm=position,
            rotation=np.stack([right, np.cross(forward, right), forward]),
            focal_px=spec.width_px
            / 2
            / math.tan(math.radians(VIEW_DEG[spec.task] / 2))
            * float(rng.uniform(0.95, 1.05)),
            plate_width_px=spec.width_px + 2 * margin_px,
            plate_height_px=spec.height_px + 2 * margin_px,
            margin_px=margin_px,
        )

    def depth_mm(self, points_mm: Array) -> Array:
        """points_mm : shape (N, 3) · returns : shape (N,), along the view axis"""
        depth: Array = (points_mm - self.position_mm) @ self.rotation[2]
        return depth

    def project(self, points_mm: Array) -> Array:
        """points_mm : shape (N, 3) · returns : shape (N, 2), px on the plate"""
        seen = (points_mm - self.position_mm) @ self.rotation.T
        centre = np.array([self.plate_width_px / 2, self.plate_height_px / 2])
        return centre + self.focal_px * seen[:, :2] / np.maximum(seen[:, 2:3], 5.0)

    def px_per_mm(self, point_mm: Array) -> float:
        return self.focal_px / max(float(self.depth_mm(point_mm[None])[0]), 5.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The similarity from plate to picture at one instant, as a 2 x 3 matrix."""

    matrix: Array

    def apply(self, points_px: Array) -> Array:
        """shape (N, 2) on the plate -> shape (N, 2) in the picture"""
        return points_px @ self.matrix[:, :2].T + self.matrix[:, 2]

    @property
    def zoom(self) -> float:
        return float(math.hypot(self.matrix[0, 0], self.matrix[1, 0]))


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
