"""Everything the eyes learn from: early features of every frame, and what is known of each, as one table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.datasets.all_frames import folders_in, read_all
from inference.datasets.frames import LabelledFrame
from inference.datasets.operations import Operation, is_judged, may_train
from inference.progress import ProgressCallback, ignore_progress
from inference.vision.outputs import EYES_NAMES
from inference.vision.training.cells import Cells, cells_of_frames
from inference.vision.training.early_views import early_view


@dataclass(frozen=True, slots=True, kw_only=True)
class EyesData:
    """views : each (N, 192, 7, 7) float16, the first unaugmented · truth : (N, C), NaN where not known ·
    `cells` : where things are in each view."""

    frames: tuple[LabelledFrame, ...]
    views: tuple[NDArray[np.float16], ...]
    truth: NDArray[np.float32]
    cells: Cells

    def training_rows(self, held_out_fold: int | None) -> NDArray[np.int64]:
        """Rows that may train the branch when this fold is held out: of which it has something to learn."""
        known = np.asarray(~np.isnan(self.truth).all(axis=1))
        allowed = self.allowed_rows(held_out_fold)
        return allowed[known[allowed]]

    def allowed_rows(self, held_out_fold: int | None) -> NDArray[np.int64]:
        """Rows that may train anything when this fold is held out."""
        return np.flatnonzero([may_train(frame.origin, held_out_fold=held_out_fold) for frame in self.frames])

    def fold(self, row: int) -> int | None:
        """None for a frame whose operation nobody knows."""
        origin = self.frames[row].origin
        return origin.fold if isinstance(origin, Operation) else None

    def judged_rows(self, held_out_fold: int) -> NDArray[np.int64]:
        judged = [is_judged(frame.origin, held_out_fold=held_out_fold) for frame in self.frames]
        return np.flatnonzero(np.array(judged))


def eyes_data(
    data: Path,
    work: Path,
    *,
    num_views: int,
    extra: Callable[[], Sequence[LabelledFrame]] = tuple,
    on_progress: ProgressCallback = ignore_progress,
) -> EyesData:
    """Of every set that lies in `data`, and `extra` frames, which are asked for once the sets are read. Slow the first
    time, then read from `work`."""
    sets = {name: read_all(data, [name]) for name in folders_in(data)}
    for frame in extra():
        sets.setdefault(frame.folder, []).append(frame)
    frames = tuple(frame for each in sets.values() for frame in each)
    # Views of a set were made with the place of each frame in it.
    seeds = [place for each in sets.values() for place in range(len(each))]
    views = tuple(
        np.concatenate(
            [
                early_view(name, [frame.path for frame in each], view=view, folder=work, on_progress=on_progress)
                for name, each in sets.items()
            ]
        )
        for view in range(num_views)
    )
    return EyesData(
        frames=frames,
        views=views,
        truth=np.stack([truth_row(frame) for frame in frames]),
        cells=cells_of_frames(frames, seeds, num_views=num_views),
    )


def truth_row(frame: LabelledFrame) -> NDArray[np.float32]:
    """returns : (C,), columns named by EYES_NAMES"""
    return np.array([frame.truth.get(name, np.nan) for name in EYES_NAMES], dtype=np.float32)
