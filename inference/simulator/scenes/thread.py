"""Thread in the picture: curves that hang between where they are held."""

import math

import numpy as np

from inference.simulator.arrays import Array, Colour, Image
from inference.simulator.draw import line, mix, shade
from inference.simulator.scenes.eye import Eye

THREADS: tuple[Colour, ...] = ((44, 52, 130), (26, 26, 30), (102, 48, 124), (40, 110, 70), (196, 190, 176))


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
