"""Smoke of coagulation: it puffs, spreads over the picture, and is drawn off."""

import cv2
import numpy as np

from inference.simulator.arrays import Image
from inference.simulator.spec import SimulationSpec
from inference.simulator.textures import Sheet, noise

RISE_S = 0.8
CLEAR_S = 2.2
DRIFT_PX_PER_S = 9.0


class Smoke:
    """`puffs_s` are the instants at which the tissue burns."""

    def __init__(self, spec: SimulationSpec, puffs_s: list[float]) -> None:
        self._puffs_s = np.asarray(puffs_s)
        if not puffs_s:
            return
        shape = (spec.height_px // 8, spec.width_px // 8)
        rng = spec.rng("smoke")
        wide = Sheet(height_px=shape[0] * 2, width_px=shape[1] * 2, px_per_mm=1.0)
        self._clouds = [np.clip(0.55 + 0.35 * noise(rng, wide, cell_mm=26, octaves=3), 0, 1) for _ in range(2)]
        self._shape = shape

    def density(self, time_s: float) -> float:
        """0 none .. 1 thick; each puff rises quickly and clears slowly."""
        age = time_s - self._puffs_s
        age = age[age > 0]
        total = float(((1 - np.exp(-age / RISE_S)) * np.exp(-age / CLEAR_S)).sum()) * 0.42
        return min(1.0, total)

    def draw(self, image: Image, time_s: float) -> None:
        density = self.density(time_s)
        if density < 0.02:
            return
        one, other = (self._window(cloud, time_s, sign) for cloud, sign in zip(self._clouds, (1, -1), strict=True))
        alpha = np.clip(density * 190 * (0.35 + one * other * 1.3), 0, 205).astype(np.uint8)
        size = (image.shape[1], image.shape[0])
        veil = cv2.cvtColor(cv2.resize(alpha, size, interpolation=cv2.INTER_LINEAR), cv2.COLOR_GRAY2RGB)
        cv2.multiply(image, cv2.bitwise_not(veil), dst=image, scale=1 / 255)
        cv2.scaleAdd(veil, 0.76, image, dst=image)

    def _window(self, cloud: np.ndarray, time_s: float, sign: int) -> np.ndarray:
        height, width = self._shape
        shift = (sign * DRIFT_PX_PER_S * time_s / 8 * 4) % width
        left = int(shift)
        top = int((height / 2) * (1 + np.sin(0.21 * time_s + sign)) * 0.99)
        window: np.ndarray = cloud[top : top + height, left : left + width]
        return window
