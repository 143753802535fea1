"""The keyframes of the proxy: full-size pictures two seconds apart, for a small part of what decoding all costs."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from inference.errors import MediaFailed
from inference.media.frames import Frame

Grey = NDArray[np.uint8]
# Their first plane is the brightness, in no need of a conversion.
BRIGHTNESS_FIRST = frozenset({"yuv420p", "yuvj420p"})


@dataclass(frozen=True, slots=True)
class Keyframe:
    """One decoded picture. Colour is made only for those who ask: most keyframes are only glanced at."""

    timestamp_s: float
    picture: "av.VideoFrame"

    def grey(self) -> Grey:
        """returns : (H, W), uint8, brightness."""
        if self.picture.format.name not in BRIGHTNESS_FIRST:
            return np.asarray(self.picture.to_ndarray(format="gray"), dtype=np.uint8)
        plane = self.picture.planes[0]
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        return np.asarray(rows[: self.picture.height, : self.picture.width], dtype=np.uint8)

    def rgb(self) -> Frame:
        """returns : (H, W, 3), uint8, RGB."""
        return np.asarray(self.picture.to_ndarray(format="rgb24"), dtype=np.uint8)


def read_keyframes(path: Path) -> Iterator[Keyframe]:
    """Seconds count from the first picture. Memory is one picture. Raises MediaFailed if it can not be decoded."""
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            # No later picture builds on these, and edges of blocks do not hide letters.
            stream.codec_context.options = {"skip_loop_filter": "all"}
            stream.codec_context.skip_frame = "NONKEY"
            start_s: float | None = None
            for picture in container.decode(stream):
                time_s = picture.time or 0.0
                start_s = time_s if start_s is None else start_s
                yield Keyframe(time_s - start_s, picture)
    except (av.FFmpegError, OSError, IndexError) as error:
        raise MediaFailed(f"could not read keyframes of {path.name}: {error}") from error
