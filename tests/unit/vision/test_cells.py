"""Where things are in a training view: boxes and masks move as the picture did, and what nobody drew is not known."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from inference.datasets.frames import Box, LabelledFrame
from inference.datasets.operations import cholec80
from inference.vision.backbone import GRID_SIZE, imagenet_backbone
from inference.vision.evaluation.mask_iou import SIZE_PX, Drawn, mask_figures
from inference.vision.eyes.branch import EyesBranch
from inference.vision.outputs import ANATOMY, EYES_NAMES
from inference.vision.training.cells import COLUMNS, cells_of_frames
from inference.vision.training.early_views import seen
from inference.vision.training.mixed_precision import training_patches

HOOK = COLUMNS.index(EYES_NAMES.index("instrument/hook"))
GRASPER = COLUMNS.index(EYES_NAMES.index("instrument/grasper"))
DUCT = COLUMNS.index(EYES_NAMES.index("anatomy/cystic_duct"))
LOW, HIGH = 64, 160  # of 256 pixels


def frame(folder: Path, **drawn: object) -> LabelledFrame:
    """A black picture with a white square."""
    pixels = np.zeros((256, 256, 3), np.uint8)
    pixels[LOW:HIGH, LOW:HIGH] = 255
    path = folder / "frame.png"
    Image.fromarray(pixels).save(path)
    origin = cholec80(1)
    return LabelledFrame(folder="f", video="1", origin=origin, path=path, timestamp_s=0.0, **drawn)  # type: ignore[arg-type]


def square() -> Box:
    middle, size = (LOW + HIGH) / 2 / 256, (HIGH - LOW) / 256
    return Box(name="instrument/hook", x=middle, y=middle, width=size, height=size)


def test_boxes_move_as_the_picture_does(tmp_path: Path) -> None:
    boxed = frame(tmp_path, boxes=(square(),))
    cells = cells_of_frames([boxed], [3], num_views=8)
    for view in range(8):
        brightness = (
            seen(boxed.path, view, seed=3)[0].mean(dim=0).reshape(GRID_SIZE, 32, GRID_SIZE, 32).mean(dim=(1, 3))
        )
        said = cells.of_views[view][0, HOOK].astype(np.float64)
        assert np.corrcoef(brightness.numpy().ravel(), said.ravel())[0, 1] > 0.6
    assert (cells.of_views[0][0, GRASPER] == 0).all()
    assert np.isnan(cells.of_views[0][0, DUCT]).all()


def test_masks_tell_of_anatomy_alone_and_frames_without_either_of_nothing(tmp_path: Path) -> None:
    mask = np.zeros((256, 256), np.uint8)
    mask[:, :128] = ANATOMY.labels.index("cystic_duct") + 1
    Image.fromarray(mask).save(tmp_path / "mask.png")
    frames = [frame(tmp_path), frame(tmp_path, mask_path=tmp_path / "mask.png")]
    cells = cells_of_frames(frames, [0, 1], num_views=1)
    drawn = cells.drawn(np.array([0, 0]), np.array([0, 1]))
    assert np.isnan(drawn[0]).all()
    assert np.isnan(drawn[1, HOOK]).all()
    assert (drawn[1, DUCT, :, :3] == 1).all()
    assert (drawn[1, DUCT, :, 4:] == 0).all()


def test_training_reads_the_patches_that_the_product_reads() -> None:
    branch = EyesBranch(imagenet_backbone(), EYES_NAMES)
    hidden = torch.randn(2, 192, 7, 7, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        patches = branch.patches(hidden)
        assert (training_patches(branch, hidden) - patches).abs().mean() < 0.05 * patches.abs().mean()


def test_masks_are_judged_by_operation_with_thresholds_of_other_folds() -> None:
    masks = np.zeros((4, SIZE_PX, SIZE_PX, len(ANATOMY.labels)), bool)
    for place in range(4):
        masks[place, 20 * place : 20 * place + 30, :40] = True
    scores = np.where(masks, 2.0, -2.0).astype(np.float32)
    found = mask_figures(
        Drawn(scores=scores, masks=masks, operations=np.array(["a", "a", "b", "c"]), folds=np.array([0, 0, 1, 2]))
    )
    assert found["mask_iou"] == 1
    assert found["mask_iou_by_place"] < 0.7
