"""Which moment of the source each proxy frame shows. The proxy has a constant rate; the source need not."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

KEY = "source_pts_s"


def write_source_times(encoder_log: Path, destination: Path, *, start_time_s: float, num_frames: int) -> None:
    """Turns ffmpeg's log, a line "<frame> <source time>" a frame, into one tensor `source_pts_s` (num_frames,) float64.

    start_time_s : the source's first timestamp, which ffmpeg has subtracted.
    """
    times_s = np.loadtxt(encoder_log, dtype=np.float64, ndmin=2)[:, 1]
    times_s = times_s[:num_frames] - times_s[0] + start_time_s
    save_file({KEY: times_s}, destination)


def read_source_times(path: Path) -> NDArray[np.float64]:
    """Shape (num_frames,), float64, seconds: element n is the timestamp in the source of what proxy frame n shows."""
    times_s: NDArray[np.float64] = load_file(path)[KEY]
    return times_s
