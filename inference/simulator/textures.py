"""Procedural surfaces: noise, wood, felt, gauze, tissue. Arrays are float32 unless said otherwise."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.simulator.arrays import Colour, Image

Field = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A flat piece of the world to be textured: its size in pixels and how many of them make a millimetre."""

    height_px: int
    width_px: int
    px_per_mm: float

    @property
    def shape(self) -> tuple[int, int]:
        return self.height_px, self.width_px

    def plain(self, colour: Colour) -> Field:
        """One colour everywhere, shape (H, W, 3); read-only."""
        return np.broadcast_to(np.asarray(colour, np.float32), (*self.shape, 3))


def noise(rng: np.random.Generator, sheet: Sheet, *, cell_mm: float, octaves: int = 4) -> Field:
    """Smooth noise of unit variance; `cell_mm` is the size of the largest blobs. Returns shape (H, W)."""
    total = np.zeros(sheet.shape, np.float32)
    gain = 1.0
    for octave in range(octaves):
        cell = cell_mm * sheet.px_per_mm / 2**octave
        if octave and cell < 1.0:
            break
        rows, columns = (int(side / max(cell, 1.0)) + 3 for side in sheet.shape)
        small = rng.standard_normal((rows, columns), dtype=np.float32)
        size = (sheet.width_px, sheet.height_px)
        total += gain * cv2.resize(small, size, interpolation=cv2.INTER_CUBIC)
        gain *= 0.55
    return total / max(float(total.std()), 1e-6)


def coloured(base: Colour, variation: Field, tint: tuple[float, float, float]) -> Field:
    """base + variation x tint for each channel. Returns shape (H, W, 3), 0..255 before clipping."""
    out: Field = np.asarray(base, np.float32) + variation[..., None] * np.asarray(tint, np.float32)
    return out


def wood(rng: np.random.Generator, sheet: Sheet, base: Colour) -> Field:
    """Long grain along x."""
    narrow = Sheet(height_px=sheet.height_px, width_px=max(8, sheet.width_px // 24), px_per_mm=sheet.px_per_mm)
    size = (sheet.width_px, sheet.height_px)
    grain = cv2.resize(noise(rng, narrow, cell_mm=2, octaves=4), size, interpolation=cv2.INTER_CUBIC)
    across = np.linspace(0, 26, sheet.height_px, dtype=np.float32)[:, None]
    rings = np.sin(noise(rng, sheet, cell_mm=84, octaves=2) * 5 + across)
    return coloured(base, 0.6 * grain + 0.6 * rings.astype(np.float32), (9, 9, 7))


def cloth(rng: np.random.Generator, sheet: Sheet, base: Colour, *, thread_mm: float = 1.0) -> Field:
    """A woven drape with soft folds."""
    y, x = _grid_mm(sheet)
    weave = np.sin(x * 2 * np.pi / thread_mm) * np.sin(y * 2 * np.pi / thread_mm)
    folds = noise(rng, sheet, cell_mm=52, octaves=2)
    fuzz = rng.standard_normal(sheet.shape, dtype=np.float32)
    return coloured(base, 0.5 * weave.astype(np.float32) + 1.3 * folds + 0.5 * fuzz, (7, 7, 7))


def gauze(rng: np.random.Generator, sheet: Sheet, *, thread_mm: float = 1.25) -> Field:
    """An open weave of cotton threads, uneven. Returns shape (H, W, 3)."""
    y, x = _grid_mm(sheet)
    warp = 0.44 * noise(rng, sheet, cell_mm=12, octaves=2)
    weft = 0.44 * noise(rng, sheet, cell_mm=12, octaves=2)
    along = np.cos((x + warp) * 2 * np.pi / thread_mm)
    across = np.cos((y + weft) * 2 * np.pi / thread_mm)
    threads = np.maximum(along, across).astype(np.float32)
    soft = noise(rng, sheet, cell_mm=28, octaves=3)
    return coloured((206, 204, 196), 17 * threads + 5 * soft - 6, (1.0, 1.0, 1.02))


def lit_relief(
    sheet: Sheet,
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
    strength *= sheet.px_per_mm / 5
    dx = cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3) * strength
    dy = cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3) * strength
    length = np.sqrt(dx * dx + dy * dy + 1.0)
    lx, ly, lz = np.asarray(light) / np.linalg.norm(light)
    facing = (-dx * lx - dy * ly + lz) / length
    out = surface * (0.45 + 0.62 * np.clip(facing, 0, 1))[..., None]
    if gloss:
        shine = np.clip(facing, 0, 1) ** 60
        out = out + (gloss * shine)[..., None] * np.array([255, 250, 244], np.float32) * 0.8
    lit: Field = out.astype(np.float32)
    return lit


def to_image(surface: Field) -> Image:
    image: Image = np.clip(surface, 0, 255).astype(np.uint8)
    return image


def _grid_mm(sheet: Sheet) -> tuple[Field, Field]:
    y, x = np.mgrid[0 : sheet.height_px, 0 : sheet.width_px].astype(np.float32) / np.float32(sheet.px_per_mm)
    return y, x
