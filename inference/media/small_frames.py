"""Small grey pictures at a steady rate, for what looks at movement and needs no detail."""

from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from inference.errors import MediaFailed

Grey = NDArray[np.uint8]
# A picture that comes this share of an interval early still counts as the next one.
EARLY_SHARE = 0.1
CODED = "yuv420p"


def read_small_grey(path: Path, *, rate_hz: float, width_px: int) -> Iterator[tuple[float, Grey]]:
    """Yields (time_s from the first picture, grey), grey : (H, width_px), uint8, as coded (16 black,
    235 white), about 1 / rate_hz apart or more.

    A video slower than `rate_hz` gives every picture. Raises MediaFailed if the file can not be decoded.
    """
    try:
        with av.open(str(path)) as container:
            yield from _small(container, 1 / rate_hz, width_px)
    except (av.FFmpegError, OSError, IndexError) as error:
        raise MediaFailed(f"could not read frames of {path.name}: {error}") from error


def _small(container: "av.container.InputContainer", interval_s: float, width_px: int) -> Iterator[tuple[float, Grey]]:
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    start_s: float | None = None
    due_s = 0.0
    for picture in container.decode(stream):
        shown_s = picture.time if picture.time is not None else due_s
        start_s = shown_s if start_s is None else start_s
        time_s = shown_s - start_s
        if time_s < due_s - EARLY_SHARE * interval_s:
            continue
        # From this picture on, so that a video of another rate is never asked for two pictures in one interval.
        due_s = time_s + interval_s
        height_px = max(2, round(picture.height * width_px / picture.width / 2) * 2)
        small = cv2.resize(_brightness(picture), (width_px, height_px), interpolation=cv2.INTER_AREA)
        yield time_s, np.asarray(small, dtype=np.uint8)


def _brightness(picture: "av.VideoFrame") -> Grey:
    """The Y plane as it was coded; converting the whole picture costs more than all that is done with it."""
    coded = picture if picture.format.name == CODED else picture.reformat(format=CODED)
    plane = coded.planes[0]
    rows = np.frombuffer(memoryview(plane), dtype=np.uint8).reshape(plane.height, plane.line_size)
    return np.asarray(rows[:, : plane.width])
