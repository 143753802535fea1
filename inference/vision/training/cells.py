"""Where things are, on the grid of patches: what masks and boxes of training frames say of each cell of each view.

A frame's mask and boxes are moved as its picture was in that view (`augment.drawn_warp`), then averaged over the 7 x 7
cells. Where nobody drew, nothing is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.datasets.endoscapes import ANATOMY, read_mask
from inference.datasets.frames import Box, LabelledFrame
from inference.vision.backbone import GRID_SIZE, IMAGE_SIZE_PX
from inference.vision.outputs import ANATOMY as ANATOMY_GROUP
from inference.vision.outputs import EYES_NAMES, TOOL, columns_of
from inference.vision.training.augment import drawn_warp
from inference.vision.training.early_views import AUGMENT, AUGMENTED_FROM_PX

# Columns of EYES_NAMES that cells are known of.
COLUMNS = (*columns_of(TOOL.name, EYES_NAMES), *columns_of(ANATOMY_GROUP.name, EYES_NAMES))
# A cell holds a thing fully where this share of it is covered: ducts and arteries are thin.
FULL_SHARE = 0.25
CELL_PX = IMAGE_SIZE_PX // GRID_SIZE
UNKNOWN = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """`places` : (N,), row of `of_views` of each frame, UNKNOWN where nobody drew · `of_views` : each (M, C, 7, 7),
    float16, columns COLUMNS, NaN where not known."""

    places: NDArray[np.int64]
    of_views: tuple[NDArray[np.float16], ...]

    def drawn(self, views: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """returns : (B, C, 7, 7)"""
        found = np.full((len(rows), len(COLUMNS), GRID_SIZE, GRID_SIZE), np.nan, np.float32)
        for index, (view, place) in enumerate(zip(views, self.places[rows], strict=True)):
            if place != UNKNOWN:
                found[index] = self.of_views[view][place]
        return found


def cells_of_frames(frames: Sequence[LabelledFrame], seeds: Sequence[int], *, num_views: int) -> Cells:
    """seeds : of each frame, with which its views were made."""
    drawn = [index for index, frame in enumerate(frames) if frame.mask_path is not None or frame.boxes is not None]
    places = np.full(len(frames), UNKNOWN)
    places[drawn] = np.arange(len(drawn))
    shape = (len(drawn), len(COLUMNS), GRID_SIZE, GRID_SIZE)
    of_views = tuple(np.full(shape, np.nan, np.float16) for _ in range(num_views))
    for place, index in enumerate(drawn):
        known, layers = _layers(frames[index])
        for view in range(num_views):
            of_views[view][place][known] = _in_view(layers, view, seeds[index])
    return Cells(places=places, of_views=of_views)


def _layers(frame: LabelledFrame) -> tuple[list[int], NDArray[np.uint8]]:
    """Which of COLUMNS are known, and of each 0 or 255 at every pixel : (H, W, K)"""
    size = (AUGMENTED_FROM_PX, AUGMENTED_FROM_PX)
    names = [EYES_NAMES[column] for column in COLUMNS]
    if frame.mask_path is not None:
        mask = cv2.resize(read_mask(frame.mask_path), size, interpolation=cv2.INTER_NEAREST)
        known = [names.index(f"{ANATOMY_GROUP.name}/{label}") for label in ANATOMY]
        return known, np.stack([np.uint8(255) * (mask == index) for index in range(1, len(ANATOMY) + 1)], axis=2)
    known = [index for index, name in enumerate(names) if name.startswith(f"{TOOL.name}/")]
    layers = np.zeros((*size, len(known)), np.uint8)
    for box in frame.boxes or ():
        layers[(*_inside(box), known.index(names.index(box.name)))] = 255
    return known, layers


def _inside(box: Box) -> tuple[slice, slice]:
    def span(middle: float, size: float) -> slice:
        ends = np.clip(np.array([middle - size / 2, middle + size / 2]), 0, 1) * AUGMENTED_FROM_PX
        return slice(int(ends[0]), int(np.ceil(ends[1])))

    return span(box.y, box.height), span(box.x, box.width)


def _in_view(layers: NDArray[np.uint8], view: int, seed: int) -> NDArray[np.float64]:
    """returns : (K, 7, 7), in [0, 1]"""
    seen = np.stack([_moved(layer, view, seed) for layer in np.moveaxis(layers, 2, 0)])
    shares = seen.reshape(len(seen), GRID_SIZE, CELL_PX, GRID_SIZE, CELL_PX).mean(axis=(2, 4)) / 255
    return np.asarray(np.minimum(shares / FULL_SHARE, 1.0))


def _moved(layer: NDArray[np.uint8], view: int, seed: int) -> NDArray[np.uint8]:
    if view == 0:
        return np.asarray(cv2.resize(layer, (IMAGE_SIZE_PX, IMAGE_SIZE_PX), interpolation=cv2.INTER_AREA))
    warp = drawn_warp((layer.shape[0], layer.shape[1]), np.random.default_rng([view, seed]), AUGMENT)
    return warp(np.ascontiguousarray(layer))
