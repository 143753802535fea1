"""Procedural surfaces: noise, wood, felt, gauze, tissue. Arrays are float32 unless said otherwise."""

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.simulator.draw import Colour, Image

Field = NDArray[np.float32]


def noise(rng: np.random.Generator, shape: tuple[int, int], *, cell_px: float, octaves: int = 4) -> Field:
    """Smooth noise of about unit variance; `cell_px` is the size of the largest blobs. Returns shape (H, W)."""
    height, width = shape
    total = np.zeros(shape, np.float32)
    gain = 1.0
    for octave in range(octaves):
        cell = max(1.0, cell_px / 2**octave)
        small = rng.standard_normal((int(height / cell) + 3, int(width / cell) + 3)).astype(np.float32)
        total += gain * cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
        gain *= 0.55
    return total / max(float(total.std()), 1e-6)


def coloured(base: Colour, variation: Field, tint: tuple[float, float, float]) -> Field:
    """base + variation x tint for each channel. Returns shape (H, W, 3), 0..255 before clipping."""
    out: Field = np.asarray(base, np.float32) + variation[..., None] * np.asarray(tint, np.float32)
    return out


def wood(rng: np.random.Generator, shape: tuple[int, int], base: Colour) -> Field:
    """Long grain along x."""
    height, width = shape
    narrow = noise(rng, (height, max(8, width // 24)), cell_px=10, octaves=4)
    grain = cv2.resize(narrow, (width, height), interpolation=cv2.INTER_CUBIC)
    rings = np.sin(
        noise(rng, shape, cell_px=420, octaves=2) * 5 + np.linspace(0, 26, height, dtype=np.float32)[:, None]
    )
    return coloured(base, 0.6 * grain + 0.6 * rings.astype(np.float32), (9, 9, 7))


def cloth(rng: np.random.Generator, shape: tuple[int, int], base: Colour, *, thread_px: float = 5.0) -> Field:
    """A woven drape with soft folds."""
    height, width = shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    weave = np.sin(x * 2 * np.pi / thread_px) * np.sin(y * 2 * np.pi / thread_px)
    folds = noise(rng, shape, cell_px=260, octaves=2)
    fuzz = rng.standard_normal(shape).astype(np.float32)
    return coloured(base, 0.5 * weave.astype(np.float32) + 1.3 * folds + 0.5 * fuzz, (7, 7, 7))


def gauze(rng: np.random.Generator, shape: tuple[int, int], *, thread_px: float = 6.0) -> Field:
    """An open weave of cotton threads, uneven. Returns shape (H, W, 3)."""
    height, width = shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    warp = 2.2 * noise(rng, shape, cell_px=60, octaves=2)
    weft = 2.2 * noise(rng, shape, cell_px=60, octaves=2)
    along = np.cos((x + warp) * 2 * np.pi / thread_px)
    across = np.cos((y + weft) * 2 * np.pi / thread_px)
    threads = np.maximum(along, across).astype(np.float32)
    soft = noise(rng, shape, cell_px=140, octaves=3)
    return coloured((214, 212, 204), 17 * threads + 5 * soft - 6, (1.0, 1.0, 1.02))


def foam(rng: np.random.Generator, shape: tuple[int, int], base: Colour) -> Field:
    pores = noise(rng, shape, cell_px=7, octaves=3)
    broad = noise(rng, shape, cell_px=220, octaves=3)
    return coloured(base, np.minimum(pores, 0.8) + 0.5 * broad, (6, 6, 6))


def lit_relief(
    surface: Field,
    height: Field,
    *,
    strength: float,
    gloss: float,
    light: tuple[float, float, float] = (0.25, -0.35, 1.0),
) -> Field:
    """Shades a surface by the slope of a height field, with a wet highlight where it faces the light.

    surface : shape (H, W, 3) · height : shape (H, W) · returns : shape (H, W, 3)
    """
    dx = cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3) * strength
    dy = cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3) * strength
    length = np.sqrt(dx * dx + dy * dy + 1.0)
    lx, ly, lz = np.asarray(light) / np.linalg.norm(light)
    facing = (-dx * lx - dy * ly + lz) / length
    out = surface * (0.45 + 0.62 * np.clip(facing, 0, 1))[..., None]
    if gloss:
        shine = np.clip(facing, 0, 1) ** 42
        out = out + (gloss * shine)[..., None] * np.array([255, 250, 244], np.float32) * 0.8
    lit: Field = out.astype(np.float32)
    return lit


def to_image(surface: Field) -> Image:
    image: Image = np.clip(surface, 0, 255).astype(np.uint8)
    return image
