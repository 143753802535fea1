"""An instrument in the picture: the shaft through the trocar, the head at its end, where it shadows the board."""

import math
from dataclasses import dataclass

import numpy as np

from inference.simulator.arrays import Array, Colour, Image
from inference.simulator.camera import Camera, View
from inference.simulator.draw import area, bands, convex, mix, shade
from inference.simulator.pose import InstrumentPose

# The shaft is drawn to the farthest of these that is still in front of the camera.
SHAFT_STOPS_MM = (0.0, 45.0, 90.0, 140.0)
LIGHT_MM = np.array([24.0, -50.0, 300.0])
# Nested stripes across a bar: from, to in [-1, 1] with the lit side at -1, and the brightness of each.
STRIPES = np.array([(-1.0, 1.0), (-0.9, 0.72), (-0.74, 0.42), (-0.6, 0.1), (-0.46, -0.2)])
BRIGHTNESS = (0.34, 0.62, 0.92, 1.18)
WHOLE = np.array([(-1.0, 1.0)])


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentImage:
    """Polygons in picture px, back to front, with their colours; `outline` are those that cover the most."""

    polygons: tuple[tuple[Array, Colour], ...]
    outline: tuple[Array, ...]
    tip_px: Array
    depth_mm: float

    def draw(self, image: Image) -> None:
        for points, colour in self.polygons:
            if len(points) <= 4:
                convex(image, points, colour)
            else:
                area(image, [points], colour)

    def draw_mask(self, mask: Image, value: int, *, scale: float) -> None:
        for points in self.outline:
            area(mask, [points * scale], value)


def instrument_image(pose: InstrumentPose, camera: Camera, view: View) -> InstrumentImage:
    """Projects the instrument: shaft, collar, head."""
    kind = pose.kind
    hinge_mm = pose.tip_mm + pose.axis * kind.length_mm
    collar_end_mm = hinge_mm + pose.axis * kind.collar_mm
    stops_mm = collar_end_mm + np.outer(SHAFT_STOPS_MM, pose.axis)
    line_mm = np.vstack([pose.tip_mm, hinge_mm, stops_mm])
    line_mm = line_mm[: max(4, int((camera.depth_mm(line_mm) > 25.0).sum()))]
    px = view.apply(camera.project(line_mm))
    scales = camera.focal_px * view.zoom / np.maximum(camera.depth_mm(line_mm), 25.0)
    polygons: list[tuple[Array, Colour]] = []
    outline = [bands(px[2], px[-1], kind.shaft_mm * scales[2], kind.shaft_mm * scales[-1], WHOLE)[0]]
    polygons += _bar(px[2], px[-1], kind.shaft_mm * scales[2], kind.shaft_mm * scales[-1], kind.shaft_colour)
    collar_mm = kind.shaft_mm * 0.96
    polygons += _bar(px[1], px[2], collar_mm * 0.86 * scales[1], collar_mm * scales[2], kind.collar_colour)
    outline.append(bands(px[1], px[2], collar_mm * scales[1], collar_mm * scales[2], WHOLE)[0])
    head, tip_px = _head(pose, px[0], px[1], float(scales[1]))
    polygons += head
    outline += [points for points, _ in head]
    return InstrumentImage(
        polygons=tuple(polygons),
        outline=tuple(outline),
        tip_px=tip_px,
        depth_mm=float(camera.depth_mm(pose.tip_mm[None])[0]),
    )


def shadow_line_mm(pose: InstrumentPose) -> Array:
    """Where the shadow of tip and shaft falls on the board: shape (3, 3), mm, z = 0."""
    points = pose.tip_mm + np.outer([2.0, 45.0, 110.0], pose.axis)
    share = LIGHT_MM[2] / np.maximum(LIGHT_MM[2] - points[:, 2:3], 30.0)
    shadow = LIGHT_MM + (points - LIGHT_MM) * share
    shadow[:, 2] = 0.0
    on_board: Array = shadow
    return on_board


def _lit_side(start_px: Array, end_px: Array) -> float:
    """1 if the light is on the low side of a band from start to end, else -1: the light comes from above."""
    along = end_px - start_px
    return 1.0 if -along[1] * -0.35 + along[0] * -1.0 < 0 else -1.0


def _bar(start: Array, end: Array, start_width: float, end_width: float, colour: Colour) -> list[tuple[Array, Colour]]:
    colours = [*(shade(colour, factor) for factor in BRIGHTNESS), mix(colour, (255, 255, 255), 0.42)]
    stripes = bands(start, end, start_width, end_width, STRIPES * _lit_side(start, end))
    return list(zip(stripes, colours, strict=True))


def _head(
    pose: InstrumentPose, tip_px: Array, hinge_px: Array, scale: float
) -> tuple[list[tuple[Array, Colour]], Array]:
    """The jaws' polygons and the px of the working tip."""
    kind = pose.kind
    along = tip_px - hinge_px
    length = max(float(np.hypot(*along)), 1e-6)
    direction = along / length
    across = np.array([-direction[1], direction[0]])
    foreshortening = min(1.15, max(0.25, length / (kind.length_mm * scale)))
    squash = 0.45 + 0.55 * abs(math.cos(pose.roll_rad))
    half_rad = math.radians(kind.opening_deg) / 2 * min(1.0, max(0.0, pose.opening)) * squash

    cos, sin = math.cos(half_rad), math.sin(half_rad)
    a, c, side = kind.corners_mm[:, 0], kind.corners_mm[:, 1], kind.sides
    turned = np.abs(side)
    forward = (a * (1 + turned * (cos - 1)) - c * side * sin) * (foreshortening * scale)
    sideways = (a * side * sin + c * (1 + turned * (cos - 1))) * scale
    corners = hinge_px + forward[:, None] * direction + sideways[:, None] * across
    spans = zip(kind.stops, kind.stops[1:], kind.shapes, strict=False)
    polygons = [(corners[first:last], shape.colour) for first, last, shape in spans]
    reach_mm, off_mm = kind.tip_mm
    tip = hinge_px + direction * (reach_mm * cos * foreshortening * scale) + across * (off_mm * scale)
    return polygons, tip
