"""The eye a scene draws with."""

from dataclasses import dataclass

import numpy as np

from inference.simulator.arrays import Array
from inference.simulator.camera import Camera, View


@dataclass(frozen=True, slots=True, kw_only=True)
class Eye:
    """World mm to picture px at one instant."""

    camera: Camera
    view: View

    def px(self, points_mm: Array) -> Array:
        """shape (N, 3) -> shape (N, 2)"""
        return self.view.apply(self.camera.project(np.asarray(points_mm, dtype=np.float64)))

    def px_per_mm(self, point_mm: Array) -> float:
        return self.camera.px_per_mm(np.asarray(point_mm, dtype=np.float64)) * self.view.zoom
