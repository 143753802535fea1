"""Which moment of the source each proxy frame shows. The proxy has a constant rate; the source need not."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

KEY = "source_pts_s"
# What the encoder writes a line for each frame: its number, the source's ticks, and how long a tick is.
LOG_FORMAT = "{n} {ptsi} {tbi}"
# ffmpeg prints "no time" as the smallest number there is; no clock ticks so far from zero.
NO_TIME_BELOW = -(2**62)
LEAST_JUMP_S = 1.0
# A jump that is taken back within so many seconds was a wrong time on some pictures.
PASSING_S = 10.0
MPEG_CLOCK_S = 2**33 / 90_000
LONGEST_STEP_BACK_S = 12 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """at_s : seconds of the proxy. by_s : how far the source's clock went beyond what the proxy shows."""

    at_s: float
    by_s: float
    is_passing: bool = False


def source_times(encoder_log: Path, *, start_time_s: float, num_frames: int, fps: float) -> NDArray[np.float64]:
    """Shape (num_frames,), float64, seconds: the source's own timestamp of what each proxy frame shows.

    Frames without one (AVI, bare streams) get the proxy's time after the last known one, or after start_time_s.
    """
    times_s = np.array(list(_logged(encoder_log))[:num_frames], dtype=np.float64)
    shown_s = np.arange(len(times_s)) / fps
    is_known = ~np.isnan(times_s)
    if not is_known.any():
        return shown_s + start_time_s
    # Each unknown one takes the difference to the proxy's time from the nearest known one before it, or the first.
    known = np.flatnonzero(is_known)
    nearest = known[np.maximum(np.searchsorted(known, np.arange(len(times_s)), side="right") - 1, 0)]
    return np.where(is_known, times_s, shown_s + (times_s - shown_s)[nearest])


def find_jumps(times_s: NDArray[np.float64], *, fps: float, wraps: bool = False) -> list[Jump]:
    """Where the source's clock moves on, or back, by clearly more than the proxy does.

    wraps : the clock is MPEG's, of 33 bits, where lavf takes a step back for a clock that has come round.
    A picture that stands for long is no jump: the proxy shows it as long. So only frames that show something new count.
    """
    is_new = np.concatenate(([True], np.diff(times_s) != 0))
    shown = np.flatnonzero(is_new)
    ahead_s = times_s[shown] - shown / fps
    by_s = np.diff(ahead_s)
    if wraps:
        by_s = np.where(by_s > MPEG_CLOCK_S - LONGEST_STEP_BACK_S, by_s - MPEG_CLOCK_S, by_s)
    jumps = [
        Jump(at_s=float(shown[number + 1] / fps), by_s=float(by_s[number]))
        for number in np.flatnonzero(np.abs(by_s) > LEAST_JUMP_S)
    ]
    return list(_joined(jumps))


def write_source_times(times_s: NDArray[np.float64], destination: Path) -> None:
    save_file({KEY: times_s}, destination)


def read_source_times(path: Path) -> NDArray[np.float64]:
    """Shape (num_frames,), float64, seconds: element n is the timestamp in the source of what proxy frame n shows."""
    times_s: NDArray[np.float64] = load_file(path)[KEY]
    return times_s


def _logged(encoder_log: Path) -> Iterator[float]:
    with encoder_log.open(encoding="ascii") as lines:
        for line in lines:
            _number, ticks, tick_s = line.split()
            yield float(int(ticks) * Fraction(tick_s)) if int(ticks) > NO_TIME_BELOW else np.nan


def _joined(jumps: list[Jump]) -> Iterator[Jump]:
    """A jump and the one that takes it back are one."""
    rest = list(jumps)
    while rest:
        jump = rest.pop(0)
        if rest and abs(jump.by_s + rest[0].by_s) < LEAST_JUMP_S and rest[0].at_s - jump.at_s < PASSING_S:
            rest.pop(0)
            jump = Jump(at_s=jump.at_s, by_s=jump.by_s, is_passing=True)
        yield jump
