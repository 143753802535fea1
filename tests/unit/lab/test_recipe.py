"""What is kept is found under everything it was made of, and is whole or not there."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from inference.lab.recipe import kept, recipe_key
from tests.environment import ROOT


def test_every_fact_file_and_array_makes_another_name(tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(b"one")
    usual = {"facts": (1, {"a": 2}), "files": [picture], "arrays": [np.zeros((2, 3))]}

    def key(**changes: object) -> str:
        made_of = usual | changes
        return recipe_key(*made_of["facts"], files=made_of["files"], arrays=made_of["arrays"])  # type: ignore[misc]

    first = key()
    others = [
        key(facts=(1, {"a": 3})),
        key(files=[]),
        key(arrays=[np.zeros((3, 2))]),
        key(arrays=[np.zeros((2, 3), np.float32)]),
        key(arrays=[np.ones((2, 3))]),
    ]
    picture.write_bytes(b"two")
    assert len({first, key(), *others}) == 7


def test_a_name_is_the_same_however_facts_are_ordered_inside() -> None:
    assert recipe_key({"a": 1, "b": 2}) == recipe_key({"b": 2, "a": 1})


def test_what_is_there_is_not_made_again(tmp_path: Path) -> None:
    made: list[Path] = []

    def write(path: Path) -> None:
        made.append(path)
        path.write_text("whole")

    for _ in range(2):
        assert kept(tmp_path / "work" / "a.npy", write).read_text() == "whole"
    assert len(made) == 1
    assert made[0].suffix == ".npy"


def test_what_broke_while_it_was_made_is_not_taken_for_whole(tmp_path: Path) -> None:
    def broken(path: Path) -> None:
        path.write_text("hal")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        kept(tmp_path / "a.npy", broken)
    assert not (tmp_path / "a.npy").exists()
    assert kept(tmp_path / "a.npy", lambda path: path.write_text("whole")).read_text() == "whole"


SLOW = """
import sys, time
from pathlib import Path
from inference.lab.recipe import kept
def write(path):
    print("making", flush=True)
    path.write_text("half")
    time.sleep(float(sys.argv[2]))
    path.write_text("whole")
print(kept(Path(sys.argv[1]), write).read_text(), flush=True)
"""


def _making(path: Path, seconds: float) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", SLOW, str(path), str(seconds)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_of_two_runs_that_want_the_same_one_makes_it_and_the_other_waits(tmp_path: Path) -> None:
    first = _making(tmp_path / "a.txt", 2)
    assert first.stdout is not None
    assert first.stdout.readline() == "making\n"
    second = _making(tmp_path / "a.txt", 0)
    said = second.communicate(timeout=60)
    assert said == ("whole\n", "another run is making a.txt; waiting for it\n")
    assert first.communicate(timeout=60)[0] == "whole\n"


def test_a_run_that_was_killed_holds_nobody_up(tmp_path: Path) -> None:
    first = _making(tmp_path / "a.txt", 60)
    assert first.stdout is not None
    assert first.stdout.readline() == "making\n"
    first.kill()
    first.wait(10)
    assert _making(tmp_path / "a.txt", 0).communicate(timeout=60) == ("making\nwhole\n", "")
