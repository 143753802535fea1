"""The strokes of one line of text, remembered so that it is found again in other pictures without reading them."""

from dataclasses import dataclass
from enum import Enum

import cv2
import numpy as np

from inference.media.keyframes import Grey
from inference.screen_text.box import Box
from inference.screen_text.edges import STRONG

# Correlation of strokes: chance gives 0.1, a clock that ticked 0.5 and more, a line that stands still 0.95.
SAME = 0.4
# Among thousands of places chance finds 0.4 too.
SAME_ELSEWHERE = 0.6
UNCHANGED = 0.9
CLEARLY_BETTER = 0.1
# Text that drifts is followed this far from one keyframe to the next, in working pixels.
SEARCH_PX = 24
# Other words in the same place have about as many strokes.
LEAST_DENSITY, MOST_DENSITY = 0.6, 1.7
MIN_SIDE_PX = 4


class Sighting(Enum):
    SAME = "same"
    MOVED = "moved"
    # Something of the same density stands there: only reading it can tell.
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """`strokes` : (h, w), cut out of a working picture of `size_px` (width, height) at (left_px, top_px)."""

    strokes: Grey
    left_px: int
    top_px: int
    size_px: tuple[int, int]

    @classmethod
    def cut(cls, strokes: Grey, box: Box) -> "Patch":
        height_px, width_px = strokes.shape
        left, top, right, bottom = box.pixels(width_px, height_px)
        left, top = min(left, width_px - MIN_SIDE_PX), min(top, height_px - MIN_SIDE_PX)
        right, bottom = max(right, left + MIN_SIDE_PX), max(bottom, top + MIN_SIDE_PX)
        return cls(strokes[top:bottom, left:right].copy(), left, top, (width_px, height_px))

    def likeness(self, strokes: Grey) -> float:
        """Correlation with what stands in the same place of another picture, -1 to 1."""
        return _best_match(self._window(strokes, 0), self.strokes)[0]

    def look_in(self, strokes: Grey) -> tuple[Sighting, float, float]:
        """Whether the line is in another picture, and how far it moved right and down, in shares of the picture."""
        here = self.likeness(strokes)
        if here >= UNCHANGED:
            return Sighting.SAME, 0.0, 0.0
        left, top = max(0, self.left_px - SEARCH_PX), max(0, self.top_px - SEARCH_PX)
        likeness, x, y = _best_match(self._window(strokes, SEARCH_PX), self.strokes)
        if likeness >= max(SAME_ELSEWHERE, here + CLEARLY_BETTER):
            right, down = left + x - self.left_px, top + y - self.top_px
            return Sighting.MOVED, right / self.size_px[0], down / self.size_px[1]
        if here >= SAME:
            return Sighting.SAME, 0.0, 0.0
        return (Sighting.CHANGED if self._is_as_dense(strokes) else Sighting.GONE), 0.0, 0.0

    def _window(self, strokes: Grey, margin_px: int) -> Grey:
        height_px, width_px = self.strokes.shape
        top, left = self.top_px, self.left_px
        return strokes[
            max(0, top - margin_px) : top + height_px + margin_px,
            max(0, left - margin_px) : left + width_px + margin_px,
        ]

    def _is_as_dense(self, strokes: Grey) -> bool:
        ours, theirs = _density(self.strokes), _density(self._window(strokes, 0))
        return ours > 0 and LEAST_DENSITY <= theirs / ours <= MOST_DENSITY


def _best_match(window: Grey, strokes: Grey) -> tuple[float, int, int]:
    """(correlation, x, y) of where the strokes fit best."""
    _, best, _, (x, y) = cv2.minMaxLoc(cv2.matchTemplate(window, strokes, cv2.TM_CCOEFF_NORMED))
    return float(best), int(x), int(y)


def _density(strokes: Grey) -> float:
    return float(np.mean(strokes >= STRONG))
