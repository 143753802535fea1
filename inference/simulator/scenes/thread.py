"""Needles and thread in the picture: bright steel arcs, and curves that hang between where they are held."""

import math

import numpy as np

from inference.simulator.draw import Colour, Image, line, mix, shade
from inference.simulator.motor import Array
from inference.simulator.scenes.base import Eye
from inference.simulator.tasks.needlework import (
    GRIP_FROM_TAIL_RAD,
    NEEDLE_ARC_RAD,
    NEEDLE_RADIUS_MM,
    Driven,
    Held,
    Lies,
    Needle,
)
from inference.simulator.timeline import FrameState

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


def hanging(start_mm: Array, end_mm: Array, *, length_mm: float, floor_mm: float = 0.4, num_points: int = 26) -> Array:
    """A thread of a given length between two points: it sags, lies on the floor, and swings out. Shape (N, 3)."""
    t = np.linspace(0.0, 1.0, num_points)[:, None]
    span = float(np.linalg.norm(end_mm - start_mm))
    slack = max(0.0, length_mm - span)
    arch = 4 * t * (1 - t)
    points = start_mm + (end_mm - start_mm) * t
    points = points - np.array([0.0, 0.0, 1.0]) * arch * (0.45 * slack + 1.0)
    side = np.array([0.35, -0.5, 0.0]) * np.sin(2 * math.pi * t) + np.array([0.25, 0.5, 0.0]) * arch
    points = points + side * 0.42 * slack
    points[:, 2] = np.maximum(points[:, 2], floor_mm)
    return points


def draw_thread(image: Image, points_mm: Array, eye: Eye, colour: Colour, *, width_mm: float = 0.7) -> None:
    scale = eye.px_per_mm(points_mm[len(points_mm) // 2])
    on_screen = eye.px(points_mm)
    line(image, on_screen + np.array([0.25, 0.45]) * scale, shade(colour, 0.3), width_mm * scale)
    line(image, on_screen, colour, width_mm * scale)
    line(image, on_screen - 0.15 * scale, mix(colour, (255, 255, 255), 0.35), 0.3 * width_mm * scale)
