"""Where text stands: a rectangle in shares of the picture, so that it fits the picture at any size."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """Edges as shares of width and height, in [0, 1]."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def area(self) -> float:
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)

    def shared(self, other: "Box") -> float:
        """The area that lies in both."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, width) * max(0.0, height)

    def likeness(self, other: "Box") -> float:
        """What both share of what either covers: 0 to 1."""
        shared = self.shared(other)
        covered = self.area + other.area - shared
        return shared / covered if covered > 0 else 0.0

    def share_inside(self, other: "Box") -> float:
        """How much of this box lies in the other: 0 to 1."""
        return self.shared(other) / self.area if self.area > 0 else 0.0

    def sticks_out_of(self, other: "Box") -> bool:
        """By more than a detector's jitter: about a letter."""
        slack = 0.5 * min(self.right - self.left, self.bottom - self.top)
        further = (other.left - self.left, other.top - self.top, self.right - other.right, self.bottom - other.bottom)
        return max(further) > slack

    def hull(self, other: "Box") -> "Box":
        """The smallest box around both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def moved(self, right: float, down: float) -> "Box":
        return Box(
            *(min(1.0, max(0.0, edge)) for edge in (self.left + right, self.top + down)),
            *(min(1.0, max(0.0, edge)) for edge in (self.right + right, self.bottom + down)),
        )

    def pixels(self, width_px: int, height_px: int, *, margin_px: int = 0) -> tuple[int, int, int, int]:
        """(left, top, right, bottom) of whole pixels that hold the box and a margin, inside the picture."""
        return (
            max(0, math.floor(self.left * width_px) - margin_px),
            max(0, math.floor(self.top * height_px) - margin_px),
            min(width_px, math.ceil(self.right * width_px) + margin_px),
            min(height_px, math.ceil(self.bottom * height_px) + margin_px),
        )
