"""The text reader that is shipped: RapidOCR on onnxruntime, whose models come inside its package. No network."""

import threading
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import cv2
import numpy as np

from inference.errors import ModelMissing
from inference.media.frames import Frame
from inference.screen_text.reader import Quad, Words

PACKAGE = "rapidocr-onnxruntime"
# Lines of 12 pixels in a 720p picture are found at this width, for a third of the cost of full size.
FINDING_SIDE_PX = 640
# "max": without it a wide strip of a picture is enlarged tenfold before it is looked at.
LIMIT = {"det_limit_type": "max", "det_limit_side_len": 960}


class RapidTextReader:
    """Thread-safe: one picture at a time. About 150 MB with its models."""

    def __init__(self, *, num_threads: int = 1) -> None:
        """Raises ModelMissing without the package."""
        self.reader_id = f"{PACKAGE}-{installed_version()}-{FINDING_SIDE_PX}"
        self._models = _load(num_threads)
        self._lock = threading.Lock()

    def find(self, picture: Frame) -> list[Quad]:
        """Looked for in a small copy; the corners are those of `picture`."""
        scale = min(1.0, FINDING_SIDE_PX / max(picture.shape[:2]))
        small = cv2.resize(_bgr(picture), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        with self._lock:
            found, _ = self._models.text_det(small)
        return [] if found is None else [np.asarray(quad, dtype=np.float32) / scale for quad in found]

    def read(self, picture: Frame, quads: Sequence[Quad]) -> list[Words]:
        if not quads:
            return []
        with self._lock:
            crops = self._models.get_crop_img_list(_bgr(picture), list(quads))
            # The classifier of turned lines is left out: it turned upright ones upside down.
            said, _ = self._models.text_rec(crops)
        return [Words(text=str(text), confidence=float(confidence)) for text, confidence, *_ in said]


def installed_version() -> str:
    """Raises ModelMissing, with what to do."""
    try:
        return version(PACKAGE)
    except PackageNotFoundError as error:
        raise ModelMissing(f"On-screen text is not read: {PACKAGE} is not installed. Run `make setup`.") from error


def _load(num_threads: int) -> Any:
    try:
        from rapidocr_onnxruntime import RapidOCR
    except ImportError as error:
        raise ModelMissing(f"On-screen text is not read: {PACKAGE} can not be loaded ({error}).") from error
    return RapidOCR(**LIMIT, intra_op_num_threads=num_threads, inter_op_num_threads=1)


def _bgr(picture: Frame) -> Frame:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), dtype=np.uint8)
