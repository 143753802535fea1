"""The command writes a playable video and its truth, the same bytes each time."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from inference.errors import Stopped
from inference.simulator.simulation import Simulation
from inference.simulator.spec import SimulationSpec
from inference.simulator.video import write_simulation

av = pytest.importorskip("av")


def simulate(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "inference.simulator",
        "--task",
        "knot_tying",
        "--skill",
        "expert",
        "--seed",
        "2",
        "--duration-s",
        "2",
        "--width-px",
        "320",
        "--height-px",
        "180",
        "--out",
        str(folder),
        *options,
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_writes_the_same_video_and_truth_twice(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        done = simulate(folder)
        assert done.returncode == 0, done.stderr
    assert (one / "video.mp4").read_bytes() == (other / "video.mp4").read_bytes()
    assert (one / "truth.json").read_bytes() == (other / "truth.json").read_bytes()
    assert json.loads(done.stdout)["num_frames"] == 30


def test_the_video_has_as_many_frames_as_its_truth(tmp_path):
    assert simulate(tmp_path).returncode == 0
    truth = json.loads((tmp_path / "truth.json").read_text())
    with av.open(str(tmp_path / "video.mp4")) as container:
        frames = list(container.decode(video=0))
    assert len(frames) == truth["num_frames"] == 30
    assert (frames[0].width, frames[0].height) == (320, 180)


def test_a_bad_wish_ends_with_a_sentence(tmp_path):
    done = simulate(tmp_path, "--duration-s", "-1")
    assert done.returncode == 2
    assert "duration_s" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_stopped_writing_leaves_nothing_behind(tmp_path):
    spec = SimulationSpec(task="suturing", skill=0.5, seed=1, duration_s=2.0, width_px=320, height_px=180)
    calls = iter([False, False, True])
    with pytest.raises(Stopped):
        write_simulation(Simulation(spec), tmp_path, should_stop=lambda: next(calls))
    assert list(tmp_path.iterdir()) == []
