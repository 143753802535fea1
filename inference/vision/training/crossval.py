"""Leave one surgery out: a tower for each surgery that never saw it, and what that tower says of it.

Trained towers' outputs are kept under a name made of everything they depend on, so judging again costs nothing.
"""

from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.lab.command_line import say
from inference.lab.recipe import kept, recipe_key
from inference.progress import ProgressCallback, ignore_progress
from inference.vision.backbone import imagenet_weights_path
from inference.vision.training.dataset import FrameSet, HeldOut, TrainingData
from inference.vision.training.fit import (
    LOSS_WEIGHTS,
    MIXSTYLE_ALPHA,
    OTHER_LOSS_WEIGHT,
    OTHER_SOURCE_SHARE,
    FitOptions,
    fit_tower,
)
from inference.vision.training.tower_file import save_tower

# Body labels come from other collections; their videos take turns as well.
NUM_BODY_FOLDS = 3


def training_rows(data: TrainingData, *, without: tuple[str, ...] = ()) -> NDArray[np.int64]:
    """Frames of which something is known, of all videos but those named."""
    known = ~np.isnan(data.frames.targets).all(axis=1)
    return np.flatnonzero(known & ~np.isin(data.frames.videos, without))


def held_out_outputs(
    data: TrainingData,
    surgery: str,
    *,
    options: FitOptions,
    work: Path,
    on_progress: ProgressCallback = ignore_progress,
) -> list[HeldOut]:
    """Trains without `surgery` (and without a third of the other collections' videos); returns those, as seen."""
    left_out = _left_out(data, surgery)
    path = held_out_tower_path(data, surgery, options=options, work=work).with_suffix(".npy")

    def write(part: Path) -> None:
        rows = training_rows(data, without=left_out)
        tower = fit_tower(data.frames, data.views, rows, groups=data.groups, options=options, on_progress=on_progress)
        trained_on = sorted({str(video) for video in data.frames.videos} - set(left_out))
        # A tower without its outputs beside it is taken for half-made, and made again.
        save_tower(tower, path.with_suffix(".safetensors"), trained_on=trained_on)
        np.save(part, tower.logits(data.views[0]))

    logits = np.load(kept(path, write))
    return [held_out(data.frames, video, logits) for video in left_out]


def held_out_tower_path(data: TrainingData, surgery: str, *, options: FitOptions, work: Path) -> Path:
    """Where the tower lies that never saw `surgery`, once `held_out_outputs` has made it."""
    recipe = _recipe(data, options, _left_out(data, surgery))
    return work / f"held-out-{surgery}-{recipe}.safetensors"


def _left_out(data: TrainingData, surgery: str) -> tuple[str, ...]:
    return (surgery, *_companions(data, surgery))


def held_out(frames: FrameSet, video: str, logits: NDArray[np.float64]) -> HeldOut:
    """logits : (N, C) of all frames · returns one video's, by time."""
    rows = np.flatnonzero(frames.videos == video)
    rows = rows[np.argsort(frames.timestamps_s[rows], kind="stable")]
    return HeldOut(
        video=video,
        timestamps_s=frames.timestamps_s[rows],
        logits=logits[rows],
        truth=frames.targets[rows].astype(np.float64),
    )


def each_surgery(frames: FrameSet) -> list[str]:
    return sorted({str(video) for video in frames.videos if video.startswith("VID")})


def _companions(data: TrainingData, surgery: str) -> list[str]:
    turn = each_surgery(data.frames).index(surgery) % NUM_BODY_FOLDS
    others = sorted({str(video) for video in data.frames.videos if not video.startswith("VID")})
    return [video for index, video in enumerate(others) if index % NUM_BODY_FOLDS == turn]


def _recipe(data: TrainingData, options: FitOptions, left_out: tuple[str, ...]) -> str:
    groups = [asdict(group) for group in data.groups]
    constants = [LOSS_WEIGHTS, OTHER_LOSS_WEIGHT, MIXSTYLE_ALPHA, OTHER_SOURCE_SHARE]
    return recipe_key(
        [asdict(options), constants, groups, left_out, data.frames.output_names, data.frames.videos.tolist()],
        [str(data.views.shape)],
        files=[imagenet_weights_path()],
        arrays=[np.nan_to_num(data.frames.targets, nan=-1), *(view[:, ::16, 3, 3] for view in data.views)],
    )


def all_held_out(data: TrainingData, *, work: Path, options: FitOptions) -> list[HeldOut]:
    """Every surgery, and every video of the other collections, as a tower saw it that had not trained on it."""
    return [
        seen
        for surgery in each_surgery(data.frames)
        for seen in held_out_outputs(data, surgery, options=options, work=work, on_progress=say)
    ]
