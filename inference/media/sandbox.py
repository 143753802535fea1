"""Runs a programme that reads strangers' files: in its own process group, with limits, and killed when told to.

Limits are of CPU time, memory, size of a written file, open files and wall time; on Linux also which folders can be
opened at all (Landlock) and that the child dies with its parent. The environment is empty but for LANG and PATH.
"""

import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from inference.media.sandbox_child import landlock_version

POLL_S = 0.25
STDERR_TAIL_BYTES = 8_000
READ_BYTES = 65_536
GIB = 1024**3
CONFINED = "programmes that read uploads open nothing but their own files (Landlock version {version})"
NOT_CONFINED = (
    "programmes that read uploads are limited in time, memory and size, but not in which files they can open: "
    "this kernel or container has no Landlock (Linux 5.13 or newer has it)"
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the child may use. `read` and `write` are the only paths it can open besides the system's own."""

    cpu_s: int
    wall_s: float
    memory_bytes: int = 4 * GIB
    file_bytes: int = 0
    open_files: int = 64
    nice: int = 5
    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How the child ended. A negative return code is the signal that ended it."""

    returncode: int
    stderr_tail: str


class LimitExceeded(Exception):
    """The child used more than it may: `what` is "time" or "size"."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def sandbox_words() -> str:
    """What holds the child, for whoever runs this machine."""
    version = landlock_version()
    return CONFINED.format(version=version) if version else NOT_CONFINED


def run_limited(
    argv: list[str], limits: Limits, *, on_output: Callable[[bytes], None], check: Callable[[], None] = lambda: None
) -> Ended:
    """Runs until the child ends. `check` is called about four times a second and may raise to end it sooner."""
    process = _start(argv, limits)
    try:
        stderr_tail = _pump(process, limits, on_output=on_output, check=check)
        returncode = process.wait(timeout=limits.wall_s)
    finally:
        _kill_group(process)
    if returncode in (-signal.SIGXCPU, -signal.SIGXFSZ):
        raise LimitExceeded("time" if returncode == -signal.SIGXCPU else "size")
    return Ended(returncode=returncode, stderr_tail=stderr_tail)


@cache
def _warn_if_not_confined() -> None:
    """Once a process."""
    if not landlock_version():
        logger.warning("sandbox without Landlock: %s", NOT_CONFINED)


def _start(argv: list[str], limits: Limits) -> subprocess.Popen[bytes]:
    _warn_if_not_confined()
    executable = Path(argv[0])
    spec = {
        **asdict(limits),
        "read": [*limits.read, str(executable), str(executable.resolve().parent)],
        "parent_pid": os.getpid(),
    }
    launcher = [sys.executable, "-I", "-S", str(Path(__file__).with_name("sandbox_child.py")), json.dumps(spec)]
    return subprocess.Popen(  # noqa: S603 - a fixed programme, no shell; the file name is one argument
        [*launcher, *argv],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={},
        cwd="/",
    )


def _pump(
    process: subprocess.Popen[bytes],
    limits: Limits,
    *,
    on_output: Callable[[bytes], None],
    check: Callable[[], None],
) -> str:
    """Reads both pipes until they close; returns the end of stderr."""
    assert process.stdout
    assert process.stderr
    deadline_s = time.monotonic() + limits.wall_s
    tail = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        selector.register(process.stderr, selectors.EVENT_READ)
        while selector.get_map():
            for key, _events in selector.select(timeout=POLL_S):
                data = os.read(key.fd, READ_BYTES)
                if not data:
                    selector.unregister(key.fileobj)
                elif key.fileobj is process.stdout:
                    on_output(data)
                else:
                    tail = (tail + data)[-STDERR_TAIL_BYTES:]
            check()
            if time.monotonic() > deadline_s:
                raise LimitExceeded("time")
    return tail.decode("utf-8", errors="replace")


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe:
            pipe.close()
