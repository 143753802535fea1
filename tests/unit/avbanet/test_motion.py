"""Movement read from pictures: what moves, at any rate and size; what stands still or is black is not usable."""

from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from inference.avbanet.flow import FlowReader
from inference.avbanet.motion import COLUMNS, read_motion
from inference.errors import Stopped
from inference.progress import Progress

Picture = NDArray[np.uint8]
RANDOM = np.random.default_rng(1)
GROUND = (RANDOM.random((90, 160)) * 90 + 60).astype(np.uint8).repeat(2, axis=0).repeat(2, axis=1)


def square(time_s: float, *, speed: float = 0.25, shift: int = 0) -> Picture:
    """A textured square that crosses the right half to and fro; the ground may shift as a moved camera shows it."""
    picture = np.roll(GROUND, shift, axis=1).copy()
    place = int(200 + 40 * np.sin(2 * np.pi * speed * time_s))
    picture[60:110, place : place + 50] = GROUND[:50, :50] // 2 + 120
    return picture


def write(path: Path, pictures: list[Picture], *, fps: int) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps, options={"crf": "18", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = pictures[0].shape[1], pictures[0].shape[0], "yuv420p"
        for picture in pictures:
            frame = av.VideoFrame.from_ndarray(np.stack([picture] * 3, axis=-1), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def column(values: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    return values[:, COLUMNS.index(name)]


def clip(path: Path, *, fps: int, seconds: int = 6, speed: float = 0.25) -> Path:
    return write(path, [square(k / fps, speed=speed) for k in range(fps * seconds)], fps=fps)


def test_speed_is_the_same_at_any_frame_rate(tmp_path: Path) -> None:
    slow, fast = (read_motion(clip(tmp_path / f"{fps}.mp4", fps=fps)).values for fps in (15, 30))
    assert len(slow) == len(fast) == 6
    assert np.abs(column(slow, "active_speed").mean() - column(fast, "active_speed").mean()) < 0.25


def test_what_moves_faster_is_faster(tmp_path: Path) -> None:
    calm, quick = (read_motion(clip(tmp_path / f"{speed}.mp4", fps=15, speed=speed)).values for speed in (0.1, 0.5))
    assert column(quick, "active_speed").mean() > column(calm, "active_speed").mean() + 0.5
    assert column(quick, "active_idle").mean() < column(calm, "active_idle").mean()


def test_a_moved_camera_is_no_moved_instrument() -> None:
    moved = FlowReader().between(GROUND[::2, ::2], np.roll(GROUND, 4, axis=1)[::2, ::2], 1 / 15)
    assert moved.camera > 0.1
    assert np.linalg.norm(moved.velocity, axis=1).max() * moved.area.max() < 0.02


def test_the_side_that_moves_is_told() -> None:
    before, after = (square(time_s)[::2, ::2] for time_s in (0.0, 0.2))
    moved = FlowReader().between(before, after, 0.2)
    assert moved.area[1] > 3 * moved.area[0]


def test_black_and_frozen_seconds_are_not_usable(tmp_path: Path) -> None:
    moving = [square(k / 15) for k in range(30)]
    pictures = [*moving, *[np.zeros_like(GROUND)] * 30, *moving, *[moving[-1]] * 45]
    motion = read_motion(write(tmp_path / "faults.mp4", pictures, fps=15))
    assert motion.faults[0] == ""
    assert motion.faults[3] == "black"
    assert motion.faults[-1] == "frozen"
    assert motion.usable.tolist() == [not fault for fault in motion.faults]


def test_progress_counts_seconds_and_the_work_can_be_stopped(tmp_path: Path) -> None:
    path = clip(tmp_path / "a.mp4", fps=15)
    seen: list[Progress] = []
    read_motion(path, seen.append, expected_s=6)
    assert [(one.done, one.total) for one in seen] == [(done, 6) for done in range(1, 7)]
    with pytest.raises(Stopped):
        read_motion(path, should_stop=lambda: True)
