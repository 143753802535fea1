"""What Debrief asks of a text reader. Finding is apart from reading, so that a line that stands still is read once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from inference.media.frames import Frame
from inference.screen_text.box import Box

# Corners of one line of text: (4, 2), float32, pixels (x, y), from its top left clockwise.
Quad = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Words:
    """What a line says and how sure the reader is of it, 0 to 1. The text is a stranger's: clean it before use."""

    text: str
    confidence: float


class TextReader(Protocol):
    @property
    def reader_id(self) -> str:
        """Names the models: what another reader found is made anew."""
        ...

    def find(self, picture: Frame) -> list[Quad]:
        """picture : (H, W, 3), uint8, RGB · returns : where lines of text stand."""
        ...

    def read(self, picture: Frame, quads: Sequence[Quad]) -> list[Words]:
        """What each of the lines says, in their order."""
        ...


def box_of(quad: Quad, *, width_px: int, height_px: int) -> Box:
    """The upright box around a line."""
    xs, ys = quad[:, 0] / width_px, quad[:, 1] / height_px
    edges = (xs.min(), ys.min(), xs.max(), ys.max())
    return Box(*(min(1.0, max(0.0, float(edge))) for edge in edges))
