"""Anti-aliased shapes with sub-pixel corners. Images are (H, W, 3) uint8 RGB, changed in place."""

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.simulator.arrays import Array, Colour, Image

_SHIFT = 4
_UNIT = 1 << _SHIFT
_FAR = 1 << 24  # keeps the rounding of negative coordinates downward too


def fixed(points_px: Array) -> NDArray[np.int32]:
    """shape (N, 2) px -> shape (N, 2) int32, sixteenths of a pixel"""
    scaled: NDArray[np.int32] = (points_px * _UNIT + (_FAR + 0.5)).astype(np.int32) - _FAR
    return scaled


def shade(colour: Colour, factor: float) -> Colour:
    r, g, b = (min(255, max(0, round(c * factor))) for c in colour)
    return r, g, b


def mix(one: Colour, other: Colour, share: float) -> Colour:
    r, g, b = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return r, g, b


def convex(image: Image, points_px: Array, colour: Colour | int) -> None:
    cv2.fillConvexPoly(image, fixed(points_px), colour, cv2.LINE_AA, _SHIFT)


def area(image: Image, contours_px: Sequence[Array], colour: Colour | int) -> None:
    """Even-odd fill: a second contour inside the first is a hole."""
    cv2.fillPoly(image, [fixed(c) for c in contours_px], colour, cv2.LINE_AA, _SHIFT)


def line(image: Image, points_px: Array, colour: Colour | int, thickness_px: float, *, is_closed: bool = False) -> None:
    cv2.polylines(image, [fixed(points_px)], is_closed, colour, max(1, round(thickness_px)), cv2.LINE_AA, _SHIFT)


def disc(image: Image, centre_px: Array, radius_px: float, colour: Colour | int) -> None:
    x, y = (int(v) for v in fixed(centre_px[None])[0])
    cv2.circle(image, (x, y), max(1, round(radius_px * _UNIT)), colour, -1, cv2.LINE_AA, _SHIFT)


def bands(start_px: Array, end_px: Array, start_width_px: float, end_width_px: float, spans: Array) -> Array:
    """Stripes along a tapering bar.

    spans : shape (S, 2), each from..to in [-1, 1] across the bar · returns : shape (S, 4, 2), px
    """
    along_x, along_y = end_px[0] - start_px[0], end_px[1] - start_px[1]
    length = math.hypot(along_x, along_y) or 1e-6
    norm = np.array([-along_y / length, along_x / length]) / 2
    corners = np.empty((len(spans), 4, 2))
    corners[:, 0:2] = start_px + spans[:, :, None] * (norm * start_width_px)
    corners[:, 2:4] = end_px + spans[:, ::-1, None] * (norm * end_width_px)
    return corners
