"""The journal of long computations: what is done stays done, in whole chunks; a killed run gives the same values."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from inference.errors import Stopped, StorageFull
from inference.lab.journal import Journal
from tests.environment import ROOT

ITEMS = [(f"item {number}", number) for number in range(20)]


def drawn(some: Sequence[int], seed: int) -> list[float]:
    random = Random(seed)
    return [number + random.random() for number in some]


def test_what_is_done_is_not_computed_again(tmp_path: Path) -> None:
    first = Journal(tmp_path / "j.sqlite", recipe="a").mapped("stage", ITEMS, drawn, chunk=6)

    def never(some: Sequence[int], seed: int) -> list[float]:
        raise AssertionError("computed twice")

    assert Journal(tmp_path / "j.sqlite", recipe="a").mapped("stage", ITEMS, never, chunk=6) == first


def test_what_came_to_nothing_is_done_too(tmp_path: Path) -> None:
    """A model that proposes nothing takes as long as one that does."""
    calls: list[int] = []

    def nothing(some: Sequence[int], seed: int) -> list[None]:
        calls.append(seed)
        return [None] * len(some)

    for _ in range(2):
        found = Journal(tmp_path / "j.sqlite", recipe="a").mapped("stage", ITEMS[:4], nothing, chunk=4)
        assert found == [None] * 4
    assert len(calls) == 1


def test_another_recipe_sees_none_of_it(tmp_path: Path) -> None:
    Journal(tmp_path / "j.sqlite", recipe="a").mapped("stage", ITEMS, drawn, chunk=6)
    other = Journal(tmp_path / "j.sqlite", recipe="b")
    assert other.value("stage", "item 3") is None
    assert other.counts() == {}


def test_a_stop_between_chunks_is_gone_on_from(tmp_path: Path) -> None:
    turns = iter([False, False, True])
    with pytest.raises(Stopped):
        Journal(tmp_path / "j.sqlite", recipe="a", should_stop=lambda: next(turns)).mapped(
            "stage", ITEMS, drawn, chunk=6
        )
    again = Journal(tmp_path / "j.sqlite", recipe="a")
    assert again.counts() == {"stage": 12}
    whole = Journal(tmp_path / "whole.sqlite", recipe="a").mapped("stage", ITEMS, drawn, chunk=6)
    assert again.mapped("stage", ITEMS, drawn, chunk=6) == whole


def test_a_full_disk_is_told_and_leaves_whole_chunks(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.sqlite", recipe="a")
    journal.mapped("stage", ITEMS[:6], drawn, chunk=6)
    pages = journal._database.execute("PRAGMA page_count").fetchone()[0]
    journal._database.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StorageFull):
        journal.mapped("stage", [(key, "x" * 20_000) for key, _ in ITEMS], lambda some, seed: list(some), chunk=20)
    assert journal.counts() == {"stage": 6}


KILLED = """
import sys, time
from pathlib import Path
from random import Random
from inference.lab.journal import Journal
def slow(some, seed):
    random = Random(seed)
    time.sleep(0.02)
    return [number + random.random() for number in some]
journal = Journal(Path(sys.argv[1]), recipe="a")
for stage in ("one", "two", "three"):
    journal.mapped(stage, [(f"item {number}", number) for number in range(60)], slow, chunk=3)
"""


def test_killed_at_random_moments_it_ends_with_the_rows_of_an_unbroken_run(tmp_path: Path) -> None:
    unbroken, broken = tmp_path / "unbroken.sqlite", tmp_path / "broken.sqlite"
    assert _started(unbroken).wait(60) == 0
    random = Random(3)
    for _ in range(10):
        process = _started(broken)
        time.sleep(0.2 + random.random() * 0.6)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
    assert _started(broken).wait(60) == 0
    assert _rows(broken) == _rows(unbroken)


def _started(path: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", KILLED, str(path)], cwd=ROOT)


def _rows(path: Path) -> list[tuple[str, ...]]:
    return sqlite3.connect(path).execute("SELECT * FROM done ORDER BY stage, key").fetchall()
