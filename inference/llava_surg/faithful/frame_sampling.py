"""Which frames of a video stand for it: Video-ChatGPT's own table, and the even one that is better."""

from itertools import pairwise

import numpy as np

from inference.llava_surg.config import VIDEO_CHATGPT_NUM_TEMPORAL, FrameSampling


def frame_indices(num_frames: int, sampling: FrameSampling, *, num_wanted: int, fps: float = 1.0) -> list[int]:
    """Rising indices into a video of `num_frames`. Raises ValueError for a video without frames."""
    if num_frames < 1:
        raise ValueError("a video needs at least one frame")
    if sampling == "video_chatgpt":
        return video_chatgpt_indices(num_frames, num_wanted=num_wanted)
    if sampling == "midpoints":
        return midpoint_indices(num_frames, num_wanted=num_wanted)
    return [min(round(second * fps), num_frames - 1) for second in range(max(1, round(num_frames / fps)))]


def video_chatgpt_indices(num_frames: int, *, num_wanted: int = VIDEO_CHATGPT_NUM_TEMPORAL) -> list[int]:
    """As Video-ChatGPT's get_seq_frames: middles of rounded segments of (num_frames - 1), halves to even.

    5 frames give 0, 1, 2, 2, 3: one twice, the last never. Weights trained that way expect it.
    """
    num = min(num_frames, num_wanted)
    segment = (num_frames - 1) / num
    edges = np.round(segment * np.arange(num + 1)).astype(int)
    return [int(first + last) // 2 for first, last in pairwise(edges)]


def midpoint_indices(num_frames: int, *, num_wanted: int) -> list[int]:
    """Middles of equal parts: no frame twice, both ends covered alike."""
    num = min(num_frames, num_wanted)
    return [int((2 * index + 1) * num_frames / (2 * num)) for index in range(num)]
