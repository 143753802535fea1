"""Upright strokes of a picture, and where they stand still: that is how burnt-in text differs from a moving scene."""

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.media.keyframes import Grey

# Pictures are compared at this width: a 12-pixel line of 720p is 6 pixels high here.
WORKING_SIDE_PX = 640
CELL_WIDTH_PX = 16
CELL_HEIGHT_PX = 8
STRONG = 40
STILL_BELOW = 24
TEXT_LIKE_SHARE = 0.15
# A word is at least this many cells wide.
MIN_CELLS = 3

Cells = NDArray[np.bool_]


def working_copy(grey: Grey) -> Grey:
    """At most WORKING_SIDE_PX on its longer side."""
    scale = min(1.0, WORKING_SIDE_PX / max(grey.shape))
    if scale == 1.0:
        return grey
    return np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def strokes(grey: Grey) -> Grey:
    """grey : (H, W) · returns : (H, W), uint8, how strongly brightness changes from left to right."""
    return np.asarray(cv2.convertScaleAbs(cv2.Sobel(grey, cv2.CV_16S, 1, 0, ksize=3), alpha=0.25), dtype=np.uint8)


def still_cells(before: Grey, now: Grey, now_strokes: Grey) -> Cells:
    """Cells of 16 x 8 pixels that are dense with strong strokes which did not move between two pictures."""
    still = (cv2.absdiff(before, now) < STILL_BELOW) & (now_strokes >= STRONG)
    height_px, width_px = now.shape
    size = (max(1, width_px // CELL_WIDTH_PX), max(1, height_px // CELL_HEIGHT_PX))
    shares = cv2.resize(still.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    return np.asarray(shares >= TEXT_LIKE_SHARE, dtype=np.bool_)


def has_new_words(known: Cells | None, now: Cells) -> bool:
    """Whether a run of cells, as long as a word, became text-like where nothing was before."""
    if known is None or known.shape != now.shape:
        return False
    around = cv2.dilate(known.astype(np.uint8), np.ones((3, 3), np.uint8))
    fresh = (now & (around == 0)).astype(np.uint8)
    return bool(cv2.erode(fresh, np.ones((1, MIN_CELLS), np.uint8)).any())
