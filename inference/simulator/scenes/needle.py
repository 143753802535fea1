"""The needle in the picture: a bright steel arc, and the thread at its tail."""

import math

import numpy as np

from inference.simulator.arrays import Array, Colour, Image
from inference.simulator.draw import line
from inference.simulator.frame_state import FrameState
from inference.simulator.scenes.eye import Eye
from inference.simulator.scenes.thread import draw_thread, hanging
from inference.simulator.tasks.needle import (
    GRIP_FROM_TAIL_RAD,
    NEEDLE_ARC_RAD,
    NEEDLE_RADIUS_MM,
    Driven,
    Held,
    Lies,
    Needle,
)

BITE_MM = 0.94 * NEEDLE_RADIUS_MM
NUM_NEEDLE_POINTS = 25


def needle_points_mm(needle: Needle, state: FrameState, since_s: float) -> Array:
    """The arc from tail to point, shape (NUM_NEEDLE_POINTS, 3), mm."""
    if isinstance(needle, Held):
        angle = needle.tail_rad - GRIP_FROM_TAIL_RAD[needle.hand]
        grip = np.array([math.cos(angle), 0.0, math.sin(angle)]) * NEEDLE_RADIUS_MM
        return _arc(state.tip_mm(needle.hand) - grip, needle.tail_rad)
    if isinstance(needle, Driven):
        share = min(1.0, max(0.0, (state.time_s - since_s) / max(needle.end_s - since_s, 1e-3)))
        return _arc(np.asarray(needle.centre_mm), needle.from_rad + (needle.to_rad - needle.from_rad) * share)
    return _flat(needle)


def _arc(centre_mm: Array, tail_rad: float) -> Array:
    angle = tail_rad - np.linspace(0.0, NEEDLE_ARC_RAD, NUM_NEEDLE_POINTS)
    offsets = np.stack([np.cos(angle), 0.12 * np.cos(angle), np.sin(angle)], axis=1)
    points: Array = centre_mm + NEEDLE_RADIUS_MM * offsets
    return points


def _flat(needle: Lies) -> Array:
    """Lying on its side."""
    angle = needle.tail_rad - np.linspace(0.0, NEEDLE_ARC_RAD, NUM_NEEDLE_POINTS)
    x, y, z = needle.centre_mm
    return np.stack(
        [x + NEEDLE_RADIUS_MM * np.cos(angle), y + NEEDLE_RADIUS_MM * np.sin(angle), np.full(NUM_NEEDLE_POINTS, z)],
        axis=1,
    )


def draw_needle(image: Image, points_mm: Array, eye: Eye, *, floor_mm: float | None) -> None:
    """What lies under `floor_mm` is inside the tissue and not seen."""
    seen = np.ones(len(points_mm), bool) if floor_mm is None else points_mm[:, 2] > floor_mm
    edges = np.flatnonzero(np.diff(np.concatenate([[0], seen.astype(int), [0]])))
    scale = eye.px_per_mm(points_mm[len(points_mm) // 2])
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        if last - first < 2:
            continue
        on_screen = eye.px(points_mm[first:last])
        line(image, on_screen, (58, 60, 66), 1.25 * scale)
        line(image, on_screen, (176, 180, 188), 0.85 * scale)
        line(image, on_screen - 0.2 * scale, (248, 250, 252), 0.3 * scale)


def num_passed(state: FrameState) -> int:
    """Passages since the needle was last loaded afresh."""
    fresh = max((i for i, mark in enumerate(state.marks) if mark.name == "fresh"), default=0)
    return sum(mark.name == "passed" for mark in state.marks[fresh:])


def needle_shadow(state: FrameState) -> list[tuple[Array, float]]:
    points = _needle(state).copy()
    if float(points[:, 2].max()) < 0:
        return []
    points[:, 2] = 0.0
    return [(points[::4], 1.6)]


def _needle(state: FrameState) -> Array:
    mark = [mark for mark in state.marks if mark.name == "needle"][-1]
    return needle_points_mm(mark.value, state, mark.timestamp_s)


def draw_needle_and_thread(
    image: Image, state: FrameState, eye: Eye, anchor_mm: Array, colour: Colour, *, floor_mm: float | None
) -> None:
    """The needle, and the thread from its tail to where it was last fixed."""
    mark = [mark for mark in state.marks if mark.name == "needle"][-1]
    points = needle_points_mm(mark.value, state, mark.timestamp_s)
    length_mm = max(46.0, 96.0 - 9.0 * num_passed(state))
    tail = points[0]
    if isinstance(mark.value, Driven) and tail[2] < 0:
        tail = np.array([mark.value.centre_mm[0] + BITE_MM, mark.value.centre_mm[1], 0.4])
    draw_thread(image, hanging(tail, anchor_mm, length_mm=length_mm), eye, colour)
    draw_needle(image, points, eye, floor_mm=floor_mm)
