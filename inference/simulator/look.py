"""How the picture was taken: light, vignette, softness, sensor noise, colour; drawn once for each video."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from inference.simulator.arrays import Image
from inference.simulator.spec import SimulationSpec

NOISE_PAD_PX = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    noise_sigma: float
    blur_sigma_px: float
    vignette: float
    gain: tuple[float, float, float]
    has_round_mask: bool
    shadow: float

    @classmethod
    def of(cls, spec: SimulationSpec) -> "Look":
        rng = spec.rng("look")
        warmth = rng.normal(0.0, 0.035)
        exposure = rng.uniform(0.9, 1.12)
        return cls(
            noise_sigma=float(rng.uniform(1.5, 4.5)),
            blur_sigma_px=float(rng.uniform(0.45, 0.85)) * spec.width_px / 854,
            vignette=float(rng.uniform(0.25, 0.6)),
            gain=(exposure * (1 + warmth), exposure, exposure * (1 - warmth)),
            has_round_mask=spec.task == "organ" and bool(rng.random() < 0.6),
            shadow=float(rng.uniform(0.38, 0.58)),
        )


class Finish:
    """The last touches on a picture: vignette and tint, softness, noise."""

    def __init__(self, spec: SimulationSpec, look: Look) -> None:
        self._spec, self._look = spec, look
        self._multiplier = _multiplier(spec, look)
        rng = spec.rng("sensor")
        shape = (spec.height_px + NOISE_PAD_PX, spec.width_px + NOISE_PAD_PX, 3)
        grain = cv2.GaussianBlur(rng.standard_normal(shape, dtype=np.float32), (0, 0), 0.6) * 2.0 * look.noise_sigma
        self._brighter = np.clip(grain, 0, 40).astype(np.uint8)
        self._darker = np.clip(-grain, 0, 40).astype(np.uint8)
        self._offsets = spec.rng("sensor.offsets").integers(0, NOISE_PAD_PX, size=(4096, 2))

    def apply(self, image: Image, frame_index: int, *, defocus_px: float = 0.0) -> Image:
        """Changes and returns `image`."""
        cv2.multiply(image, self._multiplier, dst=image, scale=1 / 200)
        sigma_px = math.hypot(self._look.blur_sigma_px, defocus_px * self._spec.width_px / 854)
        kernel = (3, 3) if sigma_px < 1.0 else (0, 0)
        cv2.GaussianBlur(image, kernel, sigma_px, dst=image)
        y, x = self._offsets[frame_index % len(self._offsets)]
        window = np.s_[y : y + self._spec.height_px, x : x + self._spec.width_px]
        cv2.add(image, self._brighter[window], dst=image)
        cv2.subtract(image, self._darker[window], dst=image)
        return image


def _multiplier(spec: SimulationSpec, look: Look) -> Image:
    """Shape (H, W, 3), uint8; 200 leaves a pixel as it is."""
    y, x = np.mgrid[0 : spec.height_px, 0 : spec.width_px].astype(np.float32)
    dx, dy = (x - spec.width_px / 2) / (spec.width_px / 2), (y - spec.height_px / 2) / (spec.width_px / 2)
    radius2 = dx * dx + dy * dy
    factor = 1.0 - look.vignette * np.clip(radius2, 0, 1.4)
    if look.has_round_mask:
        edge = (spec.width_px * 0.47) ** 2
        inside = ((x - spec.width_px / 2) ** 2 + (y - spec.height_px / 2) ** 2) < edge
        factor = factor * cv2.GaussianBlur(inside.astype(np.float32), (0, 0), 1.6)
    tinted = 200.0 * factor[..., None] * np.asarray(look.gain, np.float32)
    multiplier: Image = np.clip(tinted, 0, 255).astype(np.uint8)
    return multiplier
