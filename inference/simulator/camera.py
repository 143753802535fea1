"""A pinhole camera above the board, and the slow movement of the hand or arm that holds it.

World: mm, x to the right, y away from the viewer, z up; the board is z = 0. The camera first takes a still "plate" a
little larger than the picture; movement is a 2-D similarity of that plate, exact for a camera that turns and zooms.
"""

import math
from dataclasses import dataclass

import numpy as np

from inference.simulator.arrays import Array
from inference.simulator.spec import Cameras, SimulationSpec, Task

USUAL_MM = np.array([0.0, -132.0, 150.0])
# How far cameras differ in place and zoom, as a factor of the usual difference.
SPREAD: dict[Cameras, float] = {"usual": 1.0, "varied": 2.5}
MARGIN_SHARE = 0.07
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
        spread = SPREAD[spec.cameras]
        position = np.array([rng.normal(0, 6), rng.normal(0, 8), rng.normal(0, 8)]) * spread + USUAL_MM
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
            * float(rng.uniform(0.95, 1.05) ** spread),
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
