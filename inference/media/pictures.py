"""Reads single pictures out of files that we wrote ourselves; strangers' files go through the sandbox instead."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image


def pictures_every(samples: Path, *, step: int) -> Iterator[Image.Image]:
    """Every step-th picture of samples.mp4. Each is a keyframe there, so the others are skipped without decoding."""
    with av.open(str(samples)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "NONE"
        for number, packet in enumerate(container.demux(stream)):
            if packet.size == 0 or number % step == 0:
                for frame in packet.decode():
                    yield _image(frame)


def picture_at(proxy: Path, second_s: float) -> Image.Image:
    """The frame shown at `second_s`, in full size."""
    with av.open(str(proxy)) as container:
        stream = container.streams.video[0]
        container.seek(int(second_s * av.time_base))
        image = None
        for frame in container.decode(stream):
            if image is not None and (frame.time or 0.0) > second_s + 1e-6:
                break
            image = frame
        if image is None:
            raise ValueError(f"no frame at {second_s} s")
        return _image(image)


def contrast(picture: Image.Image) -> float:
    """How much there is to see: the standard deviation of brightness, 0 for a black or blank picture."""
    return float(np.asarray(picture.convert("L"), dtype=np.float32).std())


def _image(frame: Any) -> Image.Image:
    return Image.fromarray(frame.to_ndarray(format="rgb24"))
