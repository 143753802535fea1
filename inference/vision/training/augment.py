"""Random views of a frame for training: another theatre's light, camera, tilt and dirt, the same surgery.

The enemy is the next hospital's picture, not the next frame of this one, so colour and light vary far more than they do
inside any one video.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.vision.backbone import IMAGE_SIZE_PX

Frame = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class AugmentOptions:
    """Ranges are half-widths around "unchanged"; `*_chance` are probabilities."""

    rotation_deg: float = 25.0
    log_zoom: float = 0.3
    log_aspect: float = 0.15
    shift: float = 0.12
    log_gain: float = 0.35
    log_colour_cast: float = 0.18
    log_gamma: float = 0.4
    hue_deg: float = 14.0
    log_saturation: float = 0.5
    blur_chance: float = 0.25
    smoke_chance: float = 0.15
    vignette_chance: float = 0.2
    cutout_chance: float = 0.3
    noise_chance: float = 0.25
    letterbox_chance: float = 0.0
    recording_chance: float = 0.0


def augment(frame: Frame, random: np.random.Generator, options: AugmentOptions | None = None) -> Frame:
    """frame : (H, W, 3), uint8, RGB · returns : (224, 224, 3), uint8, RGB. The same generator state, the same view."""
    options = options or AugmentOptions()
    picture = drawn_warp((frame.shape[0], frame.shape[1]), random, options)(frame)
    picture = _recolour(picture, random, options)
    return _spoil(picture, random, options)


def _spread(random: np.random.Generator, half_width: float) -> float:
    return float(random.uniform(-half_width, half_width))


@dataclass(frozen=True, slots=True, kw_only=True)
class Warp:
    """matrix : (2, 3), from the frame's pixels to those of the view · border : OpenCV's rule for what lies outside."""

    matrix: NDArray[np.float64]
    border: int

    def __call__(self, picture: Frame, *, interpolation: int = cv2.INTER_LINEAR) -> Frame:
        size = (IMAGE_SIZE_PX, IMAGE_SIZE_PX)
        warped = cv2.warpAffine(picture, self.matrix, size, flags=interpolation, borderMode=self.border)
        return np.asarray(warped, dtype=np.uint8)


def drawn_warp(size: tuple[int, int], random: np.random.Generator, options: AugmentOptions) -> Warp:
    """The first thing `augment` draws: the same state moves a frame's mask as it moves the frame. size : (H, W)"""
    height, width = size
    zoom = np.exp(_spread(random, options.log_zoom) + 0.1)
    aspect = np.exp(_spread(random, options.log_aspect))
    angle = np.deg2rad(_spread(random, options.rotation_deg))
    flip = -1.0 if random.random() < 0.5 else 1.0
    scale = IMAGE_SIZE_PX / np.array([width, height]) * zoom * np.array([aspect * flip, 1 / aspect])
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn @ np.diag(scale)
    shift = np.array([_spread(random, options.shift), _spread(random, options.shift)]) * IMAGE_SIZE_PX
    centre = matrix @ np.array([width / 2, height / 2])
    offset = np.full(2, IMAGE_SIZE_PX / 2) + shift - centre
    border = cv2.BORDER_REFLECT_101 if random.random() < 0.6 else cv2.BORDER_CONSTANT
    return Warp(matrix=np.c_[matrix, offset], border=border)


def _recolour(picture: Frame, random: np.random.Generator, options: AugmentOptions) -> Frame:
    hsv = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV)
    hue_step = round(_spread(random, options.hue_deg) / 2)  # OpenCV keeps hue in half degrees
    hsv[..., 0] = (hsv[..., 0].astype(np.int16) + hue_step) % 180
    saturation = np.exp(_spread(random, options.log_saturation))
    hsv[..., 1] = np.clip(hsv[..., 1] * saturation, 0, 255).astype(np.uint8)
    light = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB).astype(np.float32) / 255
    cast = random.uniform(-options.log_colour_cast, options.log_colour_cast, 3)
    cast = np.exp(cast + _spread(random, options.log_gain))
    light = np.clip(light * cast, 0, 1) ** np.exp(_spread(random, options.log_gamma))
    return np.asarray(light * 255, dtype=np.uint8)


def _spoil(picture: Frame, random: np.random.Generator, options: AugmentOptions) -> Frame:
    light: NDArray[Any] = picture.astype(np.float32)
    if random.random() < options.smoke_chance:
        light = light + (random.uniform(150, 220) - light) * _soft_field(random) * random.uniform(0.2, 0.6)
    if random.random() < options.vignette_chance:
        light = light * _vignette(random)
    if random.random() < options.blur_chance:
        light = cv2.GaussianBlur(light, (0, 0), random.uniform(0.6, 2.2))
    if random.random() < options.noise_chance:
        light = light + random.normal(0, random.uniform(2, 10), light.shape)
    if random.random() < options.cutout_chance:
        height, width = random.integers(20, 80, 2)
        top, left = random.integers(0, IMAGE_SIZE_PX - 80, 2)
        light[top : top + height, left : left + width] = random.uniform(0, 160, 3)
    picture = np.asarray(np.clip(light, 0, 255), dtype=np.uint8)
    if options.letterbox_chance and random.random() < options.letterbox_chance:
        picture = _letterboxed(picture, random)
    if options.recording_chance and random.random() < options.recording_chance:
        picture = _recorded(picture, random)
    return picture


def _letterboxed(picture: Frame, random: np.random.Generator) -> Frame:
    """Black bars beside the view, as a capture card leaves them."""
    boxed, width = picture.copy(), int(random.integers(6, 34))
    if random.random() < 0.7:
        boxed[:, :width], boxed[:, -width:] = 0, 0
    else:
        boxed[:width], boxed[-width:] = 0, 0
    return boxed


def _recorded(picture: Frame, random: np.random.Generator) -> Frame:
    """Fewer lines, then compressed: what an archive keeps of a picture."""
    size = int(random.integers(90, IMAGE_SIZE_PX))
    small = cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)
    _, packed = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(20, 80))])
    unpacked = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    assert unpacked is not None
    return np.asarray(cv2.resize(unpacked, (IMAGE_SIZE_PX, IMAGE_SIZE_PX)), dtype=np.uint8)


def _soft_field(random: np.random.Generator) -> NDArray[np.float32]:
    """A cloud : (224, 224, 1), in [0, 1]."""
    coarse = random.random((4, 4)).astype(np.float32)
    cloud = cv2.resize(coarse, (IMAGE_SIZE_PX, IMAGE_SIZE_PX), interpolation=cv2.INTER_CUBIC)
    return np.clip(np.asarray(cloud, dtype=np.float32), 0, 1)[..., None]


def _vignette(random: np.random.Generator) -> NDArray[np.float32]:
    """The dark rim of an endoscope's view : (224, 224, 1), in [0, 1]."""
    axis = np.linspace(-1, 1, IMAGE_SIZE_PX, dtype=np.float32)
    radius = np.hypot(axis[:, None] - _spread(random, 0.2), axis[None] - _spread(random, 0.2))
    rim, softness = random.uniform(0.8, 1.3), random.uniform(0.05, 0.5)
    return np.asarray(np.clip((rim - radius) / softness + 0.5, 0, 1)[..., None], dtype=np.float32)
