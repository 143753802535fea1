"""Covers on-screen text in frames before a model sees them, with what surrounds it, so that no new edge appears."""

import math
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.media.frames import SAMPLE_INTERVAL_S, Frame
from inference.screen_text.box import Box
from inference.screen_text.found import Place, ScreenText, TextLine

# Between two keyframes nobody looked: a line is covered one keyframe's distance further to both sides.
MARGIN_S = 2.0
# Antialiased and blurred rims of letters, as a share of the line's height.
MARGIN_SHARE = 0.2
MIN_MARGIN_PX = 2
# A hidden pixel becomes the mean of what is visible this near, or twice as far where nothing is, and so on.
NEAR_PX = 4
SMOOTHED_OVER_PX = 5
# What is around a line and decides what it is filled with.
CONTEXT_PX = 12

Mask = NDArray[np.bool_]
Area = tuple[slice, slice]


class TextCover:
    """Called with a frame and its time; a frame without text comes back as it is, the same object."""

    def __init__(self, text: ScreenText) -> None:
        self.covering_id = text.covering_id
        self._boxes = _boxes_by_second(text.lines)

    def __call__(self, timestamp_s: float, frame: Frame) -> Frame:
        """frame : (H, W, 3), uint8, RGB, of any size."""
        boxes = self._boxes.get(round(timestamp_s / SAMPLE_INTERVAL_S), ())
        return cover(frame, boxes) if boxes else frame


def cover(frame: Frame, boxes: Sequence[Box]) -> Frame:
    """A copy in which the boxes hold what their surroundings suggest."""
    covered = frame.copy()
    for area, hidden in _hidden_areas(tuple(boxes), width_px=frame.shape[1], height_px=frame.shape[0]):
        covered[area] = _filled(frame[area], hidden)
    return covered


@lru_cache(maxsize=16)
def _hidden_areas(boxes: tuple[Box, ...], *, width_px: int, height_px: int) -> tuple[tuple[Area, Mask], ...]:
    """Rectangles around what is hidden together, with some of what surrounds it. Mostly the same for many frames."""
    hidden = np.zeros((height_px, width_px), np.bool_)
    for box in boxes:
        margin_px = max(MIN_MARGIN_PX, math.ceil(MARGIN_SHARE * (box.bottom - box.top) * height_px))
        left, top, right, bottom = box.pixels(width_px, height_px, margin_px=margin_px)
        hidden[top:bottom, left:right] = True
    near = cv2.dilate(hidden.astype(np.uint8), np.ones((2 * CONTEXT_PX + 1, 2 * CONTEXT_PX + 1), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(near)
    areas = [np.s_[top : top + height, left : left + width] for left, top, width, height, _ in stats[1:].tolist()]
    return tuple((area, hidden[area]) for area in areas)


def _filled(part: Frame, hidden: Mask) -> Frame:
    if hidden.all():
        return np.zeros_like(part)
    filled, missing, reach_px = part.astype(np.float32), hidden.copy(), NEAR_PX
    visible = (~hidden).astype(np.float32)
    seen = filled * visible[:, :, None]
    while missing.any():
        size_px = (2 * reach_px + 1, 2 * reach_px + 1)
        weight = cv2.blur(visible, size_px, borderType=cv2.BORDER_CONSTANT)
        mean = cv2.blur(seen, size_px, borderType=cv2.BORDER_CONSTANT)
        now = missing & (weight > 0.5 / (size_px[0] * size_px[1]))
        filled[now] = mean[now] / weight[now][:, None]
        missing &= ~now
        reach_px *= 2
    filled[hidden] = cv2.blur(filled, (SMOOTHED_OVER_PX, SMOOTHED_OVER_PX))[hidden]
    return np.asarray(np.where(hidden[:, :, None], filled.round(), part), dtype=np.uint8)


def _boxes_by_second(lines: tuple[TextLine, ...]) -> dict[int, tuple[Box, ...]]:
    boxes: dict[int, list[Box]] = defaultdict(list)
    for line in lines:
        for second, box in _path(line).items():
            boxes[second].append(box)
    return {second: tuple(there) for second, there in boxes.items()}


def _path(line: TextLine) -> dict[int, Box]:
    """At each second the box around all places where the line stood within MARGIN_S: it may be on its way."""
    path: dict[int, Box] = {}
    for place in line.places:
        for second in _seconds(place):
            path[second] = path[second].hull(place.box) if second in path else place.box
    return path


def _seconds(place: Place) -> range:
    first = math.ceil((place.start_s - MARGIN_S) / SAMPLE_INTERVAL_S)
    last = math.floor((place.end_s + MARGIN_S) / SAMPLE_INTERVAL_S)
    return range(max(0, first), last + 1)
