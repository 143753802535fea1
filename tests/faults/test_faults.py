"""What can break on a hospital's server, each under load: nothing may be lost or doubled, and nothing may lie about.

The table at the end of a run says how long a job waited at most without a worker once the fault was over.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, skip_or_fail
from tests.faults.conftest import Scenario, play, prepared_people
from tests.faults.stack import PROCESSES, Stack, wait_until

pytestmark = pytest.mark.faults

STOPPED_S = 35
LOCKED_S = 30
FULL_S = 20
MIB = 1024 * 1024


@pytest.mark.parametrize("name", [name for name in PROCESSES if name != "media"])
def test_nothing_is_lost_when_a_process_is_killed(scenario: Scenario, stack: Stack, name: str) -> None:
    scenario(f"kill -9 {name}", lambda: stack.kill(name))


@pytest.mark.parametrize("name", PROCESSES)
def test_nothing_is_lost_when_a_process_hangs(scenario: Scenario, stack: Stack, name: str) -> None:
    def hang() -> None:
        with stack.stopped(name):
            time.sleep(STOPPED_S)

    scenario(f"SIGSTOP {name}, {STOPPED_S} s", hang)


def test_a_redis_that_was_killed_and_emptied_loses_no_job(scenario: Scenario, stack: Stack) -> None:
    def lose_redis() -> None:
        with stack.stopped("media"), stack.stopped("gpu"), stack.stopped("bulk"):
            # Work arrives that nobody can take; then all its messages are gone.
            time.sleep(5)
            stack.redis().flushall()
            stack.kill("redis")

    scenario("redis flushed and killed", lose_redis)


def test_a_locked_database_drops_no_work(scenario: Scenario, stack: Stack) -> None:
    def lock() -> None:
        with stack.database_locked():
            time.sleep(LOCKED_S)

    scenario(f"database locked, {LOCKED_S} s", lock)


def test_a_full_disk_loses_nothing(scenario: Scenario, stack: Stack, disk: Path) -> None:
    if not os.path.ismount(disk):
        skip_or_fail("no small disk to fill: mounting a tmpfs needs root")

    def fill() -> None:
        filler = disk / "filler"
        try:
            until_s = time.monotonic() + FULL_S
            while time.monotonic() < until_s:
                fill_up(filler)
                time.sleep(0.1)
        finally:
            filler.unlink()

    scenario(f"disk full, {FULL_S} s", fill)


def fill_up(filler: Path) -> None:
    """To the last byte, also what a temporary file gave back meanwhile."""
    for size_bytes in (MIB, 4096):
        try:
            with filler.open("ab", buffering=0) as file:
                while file.write(b"\0" * size_bytes) == size_bytes:
                    pass
        except OSError:
            continue


@pytest.fixture
def clock_file(tmp_path: Path) -> Path:
    """How many seconds the wall clock of the stack is off."""
    file = tmp_path / "clock"
    file.write_text("0")
    return file


@pytest.fixture
def stack_with_clock(clock_file: Path, tmp_path: Path, models: None) -> Iterator[Stack]:
    settings = {
        "DEBRIEF_MODELS": str(ROOT / "var/models"),
        "PYTHONPATH": str(Path(__file__).parent / "set_clock"),
        "CLOCK_FILE": str(clock_file),
    }
    with Stack(tmp_path / "var", settings).running() as stack:
        yield stack


def test_a_clock_set_back_an_hour_hides_no_dead_worker(stack_with_clock: Stack, clock_file: Path, clip: bytes) -> None:
    stack = stack_with_clock

    def set_back_and_kill() -> None:
        swap = clock_file.with_suffix(".new")
        swap.write_text("-3600")
        swap.replace(clock_file)
        wait_until(lambda: is_set_back(stack), limit_s=30, what="the stack's clock is back by an hour")
        stack.kill("gpu", "media", "bulk")

    play(stack, clip, prepared_people(stack, clip), "clock back 1 h, workers killed", set_back_and_kill)


def is_set_back(stack: Stack) -> bool:
    """Seen in the watchdog's own row."""
    ((looked_at,),) = stack.rows("SELECT strftime('%s', at) FROM jobs_watchdoground")
    return float(looked_at) < time.time() - 3000
