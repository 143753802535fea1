"""What a renderer asks of a scene, and the eye a scene draws with."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from inference.simulator.camera import Camera, View
from inference.simulator.draw import Image
from inference.simulator.motor import Array
from inference.simulator.timeline import FrameState


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


class Scene(Protocol):
    def plate(self, camera: Camera) -> Image:
        """The still picture under everything, plate size."""
        ...

    def shadows(self, state: FrameState) -> list[tuple[Array, float]]:
        """Lines on the floor (shape (N, 3), mm) that lie in shadow, each with its width in mm."""
        ...

    def draw_ground(self, image: Image, state: FrameState, eye: Eye) -> None:
        """What has changed on the floor; shadows fall on it."""
        ...

    def draw_below(self, image: Image, state: FrameState, eye: Eye) -> None:
        """Things behind the instruments."""
        ...

    def draw_above(self, image: Image, state: FrameState, eye: Eye) -> None:
        """Things in front of the instruments."""
        ...
