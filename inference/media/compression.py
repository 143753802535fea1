"""What frames look like once a recorder and our own transcoder have compressed them, without writing a whole video.

A model that is trained on drawn frames must see them as the product will: through x264 twice, 320 px wide.
"""

import io

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from inference.media.command import SAMPLE_SIDE_PX

# The simulator's own files (inference.simulator.video), then samples.mp4 (inference.media.command).
SOURCE_OPTIONS = {"crf": "23", "preset": "ultrafast", "threads": "1"}
SAMPLE_OPTIONS = {"crf": "20", "preset": "veryfast", "threads": "1", "g": "1"}

Frames = NDArray[np.uint8]


def as_samples(frames: Frames) -> Frames:
    """frames : (T, H, W, 3), uint8, RGB, a second apart, even sides · returns : (T, h, w, 3), longer side 320 px."""
    return _through_x264(_reduced(_through_x264(frames, SOURCE_OPTIONS)), SAMPLE_OPTIONS)


def _reduced(frames: Frames) -> Frames:
    height_px, width_px = frames.shape[1:3]
    ratio = min(1.0, SAMPLE_SIDE_PX / max(height_px, width_px))
    size = (2 * round(width_px * ratio / 2), 2 * round(height_px * ratio / 2))
    return np.stack([np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8) for frame in frames])


def _through_x264(frames: Frames, options: dict[str, str]) -> Frames:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=1, options=options)
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt = "yuv420p"
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")))
        container.mux(stream.encode())
    buffer.seek(0)
    with av.open(buffer, "r") as container:
        pictures = [picture.to_ndarray(format="rgb24") for picture in container.decode(video=0)]
    return np.stack([np.asarray(picture, dtype=np.uint8) for picture in pictures])
