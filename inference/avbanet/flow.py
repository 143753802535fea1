"""What moves between two small pictures once the camera's own movement is taken away.

Dense optical flow (DIS, Kroeger et al. 2016); the camera is a similarity fitted to the flow of what stays still. What
is left over is taken for instruments and what they move, and is told for the left and the right half of the picture.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.media.small_frames import Grey

Field = NDArray[np.float32]

# Slower than this, in picture widths a second, is noise of the flow.
STILL_WIDTHS_PER_S = 0.03
GRID_PX = 8
NUM_FITS = 3
# As coded: 16 is black.
BLACK_GREY = 26.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Between two pictures. Speeds in picture widths a second, areas in shares of the picture.

    velocity : (2 sides, 2) mean of what moves · area : (2 sides,) · centre : (2 sides, 2) in picture widths, NaN where
    nothing moves · camera : speed of the camera · change : mean difference of grey in 0..1 · grey : mean grey in 0..255
    """

    velocity: NDArray[np.float64]
    area: NDArray[np.float64]
    centre: NDArray[np.float64]
    camera: float
    change: float
    grey: float


class FlowReader:
    """Keeps the flow engine; pictures come one after another."""

    def __init__(self) -> None:
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        self._flow.setFinestScale(1)

    def between(self, before: Grey, after: Grey, dt_s: float) -> Moved:
        """before, after : (H, W), uint8, of one size"""
        height, width = after.shape
        flow: Field = self._flow.calc(before, after, None)  # type: ignore[call-overload] # it allocates
        camera = _camera_flow(flow)
        left_over = (flow - camera) / (dt_s * width)
        speed = np.linalg.norm(left_over, axis=2)
        moving = speed > STILL_WIDTHS_PER_S
        sides = (np.s_[:, : width // 2], np.s_[:, width // 2 :])
        told = [_side(left_over[side], speed[side], moving[side], width) for side in sides]
        return Moved(
            velocity=np.stack([velocity for velocity, _, _ in told]),
            area=np.array([area / (height * width) for _, area, _ in told]),
            centre=np.stack([centre for _, _, centre in told]),
            camera=float(np.linalg.norm(camera, axis=2).mean() / (dt_s * width)),
            change=float(cv2.absdiff(before, after).mean() / 255),
            grey=float(after.mean()),
        )


def _side(
    flow: Field, speed: Field, moving: NDArray[np.bool_], width: int
) -> tuple[NDArray[np.float64], float, NDArray[np.float64]]:
    """Mean velocity, pixels and centre of what moves in one half; faster pixels count more."""
    if not moving.any():
        return np.zeros(2), 0.0, np.full(2, np.nan)
    weights = np.where(moving, speed, 0.0)
    total = float(weights.sum())
    velocity = (flow * weights[..., None]).sum(axis=(0, 1)) / total
    rows, columns = np.indices(speed.shape)
    centre = np.array([(columns * weights).sum(), (rows * weights).sum()]) / total / width
    return np.asarray(velocity, dtype=np.float64), float(moving.sum()), centre


def _camera_flow(flow: Field) -> Field:
    """The similarity (shift, turn, zoom) that most of the picture follows, at each pixel : (H, W, 2)"""
    height, width = flow.shape[:2]
    y, x = np.mgrid[GRID_PX // 2 : height : GRID_PX, GRID_PX // 2 : width : GRID_PX]
    sampled = flow[y, x].reshape(-1, 2).astype(np.float64)
    dx, dy = x.ravel() - width / 2, y.ravel() - height / 2
    still = _near_median(sampled)
    for _ in range(NUM_FITS):
        similarity = _fit(dx[still], dy[still], sampled[still])
        rest = np.linalg.norm(sampled - _applied(similarity, dx, dy), axis=1)
        still = rest <= max(0.3, 2.0 * float(np.median(rest)))
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    applied = _applied(similarity, (xs - width / 2).ravel(), (ys - height / 2).ravel())
    return np.asarray(applied.reshape(height, width, 2), dtype=np.float32)


def _near_median(sampled: NDArray[np.float64]) -> NDArray[np.bool_]:
    away = np.linalg.norm(sampled - np.median(sampled, axis=0), axis=1)
    return np.asarray(away <= np.median(away) + 1e-9)


def _fit(dx: NDArray[np.float64], dy: NDArray[np.float64], flow: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least squares of flow = shift + a (dx, dy) + b (-dy, dx) · returns : (4,)"""
    ones, zeros = np.ones_like(dx), np.zeros_like(dx)
    across = np.stack([ones, zeros, dx, -dy], axis=1)
    down = np.stack([zeros, ones, dy, dx], axis=1)
    solved = np.linalg.lstsq(np.concatenate([across, down]), np.concatenate([flow[:, 0], flow[:, 1]]), rcond=None)[0]
    return np.asarray(solved, dtype=np.float64)


def _applied(similarity: NDArray[np.float64], dx: NDArray[np.float64], dy: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y, a, b = similarity
    return np.stack([x + a * dx - b * dy, y + a * dy + b * dx], axis=1)
