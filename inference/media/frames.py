"""Frames out of a video file, one a second, with PyAV.

`samples.mp4` (written by the transcoder) holds one picture for each second of the proxy: picture k shows second k.
Reading it costs a few hundredths of decoding the video itself. Any other video is read whole and sampled at 1 Hz.
"""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from inference.errors import MediaFailed

SAMPLE_INTERVAL_S = 1.0
# Half a frame of a 60 Hz video: timestamps in the container are rounded.
TIMESTAMP_TOLERANCE_S = 1 / 120

Frame = NDArray[np.uint8]


def read_samples(path: Path) -> Iterator[tuple[float, Frame]]:
    """Yields (timestamp_s, frame), frame : (H, W, 3), uint8, RGB; timestamps 0.0, 1.0, 2.0, ... without a gap.

    The frame of second k is the first one shown at or after k, and the one before it again where a second has none.
    Memory is one frame, however long the video. Raises MediaFailed if the file can not be decoded.
    """
    try:
        with av.open(str(path)) as container:
            yield from _sample(container)
    except (av.FFmpegError, OSError, IndexError) as error:
        raise MediaFailed(f"could not read frames of {path.name}: {error}") from error


def count_samples(path: Path) -> int:
    """About how many frames `read_samples` will yield, from the container's header alone. 0: it does not tell."""
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            rate = float(stream.average_rate or 0)
            if stream.frames and abs(rate * SAMPLE_INTERVAL_S - 1) < 1e-3:
                return int(stream.frames)
            duration_s = (container.duration or 0) / av.time_base
            return max(0, round(duration_s / SAMPLE_INTERVAL_S))
    except (av.FFmpegError, OSError, IndexError) as error:
        raise MediaFailed(f"could not open {path.name}: {error}") from error


def _sample(container: "av.container.InputContainer") -> Iterator[tuple[float, Frame]]:
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    start_s: float | None = None
    shown: av.VideoFrame | None = None
    second = 0
    for picture in container.decode(stream):
        time_s = picture.time if picture.time is not None else float(second)
        start_s = time_s if start_s is None else start_s
        time_s -= start_s
        while shown is not None and second * SAMPLE_INTERVAL_S < time_s - SAMPLE_INTERVAL_S + TIMESTAMP_TOLERANCE_S:
            yield second * SAMPLE_INTERVAL_S, _rgb(shown)  # a gap in the video: the last picture stays
            second += 1
        if time_s >= second * SAMPLE_INTERVAL_S - TIMESTAMP_TOLERANCE_S:
            yield second * SAMPLE_INTERVAL_S, _rgb(picture)
            second += 1
        shown = picture


def _rgb(picture: "av.VideoFrame") -> Frame:
    return np.asarray(picture.to_ndarray(format="rgb24"), dtype=np.uint8)
