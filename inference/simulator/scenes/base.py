"""What a renderer asks of a scene."""

from typing import Protocol

from inference.simulator.arrays import Array, Image
from inference.simulator.camera import Camera
from inference.simulator.frame_state import FrameState
from inference.simulator.scenes.eye import Eye


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
