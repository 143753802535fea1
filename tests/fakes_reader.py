"""A text reader that needs no model: it knows where on the picture which words may stand, and looks for ink there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from inference.media.frames import Frame
from inference.screen_text.box import Box
from inference.screen_text.reader import Quad, Words

INK = 200


@dataclass(kw_only=True)
class FakeTextReader:
    """A TextReader. `places`: boxes that may hold white letters; `say(box, number)`: the number-th reading of one."""

    places: Sequence[Box]
    say: Callable[[Box, int], Words]
    reader_id: str = "fake-reader"
    num_finds: int = 0
    num_reads: int = 0

    def find(self, picture: Frame) -> list[Quad]:
        self.num_finds += 1
        height_px, width_px = picture.shape[:2]
        return [_quad(box, width_px, height_px) for box in self.places if _has_ink(box, picture)]

    def read(self, picture: Frame, quads: Sequence[Quad]) -> list[Words]:
        said = []
        for quad in quads:
            said.append(self.say(self._place(quad, picture), self.num_reads))
            self.num_reads += 1
        return said

    def _place(self, quad: Quad, picture: Frame) -> Box:
        height_px, width_px = picture.shape[:2]
        return next(box for box in self.places if np.allclose(_quad(box, width_px, height_px), quad))


def _quad(box: Box, width_px: int, height_px: int) -> Quad:
    left, top, right, bottom = box.pixels(width_px, height_px)
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=np.float32)


def _has_ink(box: Box, picture: Frame) -> bool:
    left, top, right, bottom = box.pixels(picture.shape[1], picture.shape[0])
    return bool((picture[top:bottom, left:right].min(axis=2) > INK).mean() > 0.03)
