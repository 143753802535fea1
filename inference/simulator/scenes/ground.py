"""The still ground: a texture of the world's floor, seen once by the camera."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from inference.simulator.arrays import Array, Colour, Image
from inference.simulator.camera import Camera
from inference.simulator.spec import SimulationSpec
from inference.simulator.textures import Field, Sheet, cloth, coloured, noise, to_image, wood

PX_PER_MM_AT_480P = 5.0
LEFT_MM, RIGHT_MM, NEAR_MM, FAR_MM = -140.0, 140.0, -72.0, 140.0


@dataclass(slots=True)
class Ground:
    """A picture of the floor from straight above, (H, W, 3) float32, far side up."""

    surface: Field
    sheet: Sheet

    @property
    def _scale(self) -> float:
        return self.sheet.px_per_mm

    def px(self, points_mm: Array) -> Array:
        """shape (N, 2), mm on the floor -> shape (N, 2), px of the surface"""
        points = np.asarray(points_mm, dtype=np.float64)
        return np.stack([(points[:, 0] - LEFT_MM) * self._scale, (FAR_MM - points[:, 1]) * self._scale], axis=1)

    def mask(self, outline_mm: Array, *, soft_mm: float = 0.0, shift_mm: tuple[float, float] = (0.0, 0.0)) -> Field:
        """1 inside the outline, 0 outside, soft at the edge. Shape (H, W)."""
        mask = np.zeros(self.surface.shape[:2], np.uint8)
        cv2.fillPoly(
            mask, [np.rint(self.px(outline_mm + np.asarray(shift_mm)) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4
        )
        if soft_mm:
            cv2.GaussianBlur(mask, (0, 0), soft_mm * self._scale, dst=mask)
        share: Field = mask.astype(np.float32) / np.float32(255)
        return share

    def darken(self, mask: Field, share: float) -> None:
        self.surface *= 1.0 - share * mask[..., None]

    def lay(self, surface: Field, mask: Field) -> None:
        """Puts another surface where the mask is 1."""
        self.surface += (surface - self.surface) * mask[..., None]

    def stroke(
        self, points_mm: Array, colour: Colour, width_mm: float, *, share: float = 1.0, is_closed: bool = False
    ) -> None:
        """A drawn line, e.g. ink."""
        layer = np.zeros(self.surface.shape[:2], np.uint8)
        points = np.rint(self.px(points_mm) * 16).astype(np.int32)
        cv2.polylines(layer, [points], is_closed, 255, max(1, round(width_mm * self._scale)), cv2.LINE_AA, 4)
        ink: Field = layer.astype(np.float32) * np.float32(share / 255)
        self.lay(np.broadcast_to(np.asarray(colour, np.float32), self.surface.shape), ink)

    def pool_of_light(self, centre_mm: tuple[float, float], *, radius_mm: float, floor: float) -> None:
        """Bright under the lamp, darker away from it."""
        y, x = np.mgrid[0 : self.sheet.height_px, 0 : self.sheet.width_px].astype(np.float32)
        cx, cy = self.px(np.array([centre_mm]))[0]
        distance2 = ((x - cx) ** 2 + (y - cy) ** 2) / (radius_mm * self._scale) ** 2
        self.surface *= (floor + (1.12 - floor) * np.exp(-distance2))[..., None]

    def seen_by(self, camera: Camera) -> Image:
        """The plate: shape (plate height, plate width, 3), uint8."""
        corners = np.array([[LEFT_MM, NEAR_MM], [RIGHT_MM, NEAR_MM], [RIGHT_MM, FAR_MM], [LEFT_MM, FAR_MM]])
        seen = camera.project(np.column_stack([corners, np.zeros(4)]))
        matrix = cv2.getPerspectiveTransform(self.px(corners).astype(np.float32), seen.astype(np.float32))
        size = (camera.plate_width_px, camera.plate_height_px)
        return np.ascontiguousarray(
            cv2.warpPerspective(
                to_image(self.surface), matrix, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
            )
        )


def floor_sheet(spec: SimulationSpec) -> Sheet:
    """As fine as the picture needs: a small picture's floor costs little to make."""
    px_per_mm = min(10.0, max(1.2, PX_PER_MM_AT_480P * spec.width_px / 854))
    height_px, width_px = round((FAR_MM - NEAR_MM) * px_per_mm), round((RIGHT_MM - LEFT_MM) * px_per_mm)
    return Sheet(height_px=height_px, width_px=width_px, px_per_mm=px_per_mm)


def box_floor(rng: np.random.Generator, sheet: Sheet) -> Ground:
    """The bottom of a box trainer: a drape, a mat or wood, by chance."""
    makers: list[Callable[[], Field]] = [
        lambda: cloth(rng, sheet, (34, 74, 92)),
        lambda: cloth(rng, sheet, (38, 84, 66)),
        lambda: coloured((70, 72, 76), noise(rng, sheet, cell_mm=8, octaves=5), (6, 6, 6)),
        lambda: wood(rng, sheet, (140, 106, 72)),
        lambda: coloured((34, 36, 42), noise(rng, sheet, cell_mm=18, octaves=5), (5, 5, 6)),
    ]
    return Ground(makers[int(rng.integers(len(makers)))](), sheet)


def rectangle(centre_mm: tuple[float, float], size_mm: tuple[float, float], *, corner_mm: float = 4.0) -> Array:
    """The outline of a rectangle with round corners, shape (N, 2), mm."""
    (cx, cy), (width, height) = centre_mm, size_mm
    points = []
    for sx, sy, start in ((1, 1, 0.0), (-1, 1, 90.0), (-1, -1, 180.0), (1, -1, 270.0)):
        angle = np.radians(start + np.linspace(0, 90, 7))
        x = cx + sx * (width / 2 - corner_mm) + corner_mm * np.cos(angle)
        y = cy + sy * (height / 2 - corner_mm) + corner_mm * np.sin(angle)
        points.append(np.stack([x, y], axis=1))
    return np.vstack(points)


def circle(centre_mm: tuple[float, float], radius_mm: float, *, num_points: int = 64) -> Array:
    angle = np.linspace(0, 2 * np.pi, num_points, endpoint=False)
    return np.stack([centre_mm[0] + radius_mm * np.cos(angle), centre_mm[1] + radius_mm * np.sin(angle)], axis=1)
