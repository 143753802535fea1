"""A trainer in a process of its own: begun, held still, gone on with, ended; it and all it started, as one group.

It may die at any moment, and so may the worker that watches it: what it has done lies in its folder, and the next one
goes on from there. One that a dead worker left behind is ended before the next begins, or two would write one folder.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

GRACE_S = 4.0
# It gets what the others leave.
NICENESS = 10
LOG_NAME, OWNER_NAME = "log.txt", "trainer.pid"


@dataclass(slots=True, kw_only=True)
class Trainer:
    """`folder` : its log and its process's number · `command` : the arguments of this Python."""

    folder: Path
    command: Sequence[str]
    threads: int = 1
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    is_still: bool = field(default=False, init=False)

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        end_leftover(self.folder)
        environment = {**os.environ, "OMP_NUM_THREADS": str(self.threads), "HF_HUB_OFFLINE": "1"}
        with (self.folder / LOG_NAME).open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own modules
                ["nice", "-n", str(NICENESS), sys.executable, "-m", *self.command],  # noqa: S607
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
            )
        (self.folder / OWNER_NAME).write_text(str(self.process.pid), encoding="utf-8")
        self.is_still = False

    @property
    def status(self) -> int | None:
        """None while it lives; below zero the signal that ended it."""
        return None if self.process is None else self.process.poll()

    def hold_still(self) -> None:
        """At once, and all that it started; nothing of what it has done is lost."""
        if not self.is_still:
            self.is_still = True
            self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        if self.is_still:
            self.is_still = False
            self._signal(signal.SIGCONT)

    def memory_bytes(self) -> int:
        """Of the whole group, resident."""
        return 0 if self.process is None else sum(_resident(one) for one in _group(self.process.pid))

    def end(self) -> None:
        """Asked first, then killed; also what it started and left behind."""
        if self.process is None:
            return
        self.go_on()
        if self.process.poll() is None:
            self._signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(GRACE_S)
        self._signal(signal.SIGKILL)
        self.process.wait()
        (self.folder / OWNER_NAME).unlink(missing_ok=True)
        self.process = None

    def _signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        _signal_group(self.process.pid, number)


def end_leftover(folder: Path) -> None:
    """What a worker that died left running. Its number may be another process's by now: then it is left alone."""
    try:
        group = int((folder / OWNER_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    if any(_works_in(one, folder) for one in _group(group)):
        _signal_group(group, signal.SIGKILL)
        _wait_gone(group)
    (folder / OWNER_NAME).unlink(missing_ok=True)


def _wait_gone(group: int) -> None:
    until = time.monotonic() + 2 * GRACE_S
    while _group(group) and time.monotonic() < until:
        time.sleep(0.05)


def _group(leader: int) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if os.getpgid(process.pid) == leader and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (OSError, psutil.Error):
            continue
    return found


def _works_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return any(str(folder) in argument for argument in process.cmdline())
    except psutil.Error:
        return False


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def _signal_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return
