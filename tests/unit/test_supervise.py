"""What holds the processes together outlives a full disk."""

import importlib.util
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest
from supervisor import loggers

from tests.environment import ROOT

FULL_DISK = Path("/dev/full")
needs_full_disk = pytest.mark.skipif(not FULL_DISK.exists(), reason="SKIPPED, not tested: /dev/full is Linux's")


def supervise() -> ModuleType:
    spec = importlib.util.spec_from_file_location("supervise", ROOT / "scripts/supervise.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write_a_line(handler: loggers.RotatingFileHandler) -> None:
    handler.setFormat("%(message)s")
    handler.emit(loggers.LogRecord(loggers.LevelsByName.INFO, b"a line\n"))


@needs_full_disk
def test_a_line_that_cannot_be_written_is_dropped(capsys: pytest.CaptureFixture[str]) -> None:
    handler = supervise().LossyFile(str(FULL_DISK), maxBytes=100)
    write_a_line(handler)
    write_a_line(handler)
    handler.close()
    assert capsys.readouterr().err == ""


def test_what_can_be_written_is_written(tmp_path: Path) -> None:
    handler = supervise().LossyFile(str(tmp_path / "log"), maxBytes=100)
    write_a_line(handler)
    assert (tmp_path / "log").read_text() == "a line\n"


CONFIG = """
[supervisord]
nodaemon=true
silent=true
logfile={folder}/supervisord.log
pidfile={folder}/supervisord.pid
childlogdir={folder}

[program:first]
command={python} -c "import time; time.sleep(60)"
priority=10
startsecs=0

[program:slow]
command={python} -c "{slow}"
priority=30
startsecs=0
stopwaitsecs=30

[program:other]
command={python} -c "{slow}"
priority=30
startsecs=0
stopwaitsecs=30
"""
SLOW = (
    "import pathlib, signal, sys, time; "
    "signal.signal(signal.SIGTERM, lambda *_: (time.sleep(1), sys.exit())); "
    "pathlib.Path('{folder}', str(time.monotonic_ns())).touch(); time.sleep(60)"
)


def test_ctrl_c_says_whom_it_waits_for_and_those_of_one_priority_end_together(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    ready.mkdir()
    config = tmp_path / "supervisord.conf"
    slow = SLOW.format(folder=ready)
    config.write_text(CONFIG.format(folder=tmp_path, python=sys.executable, slow=slow))
    command = [sys.executable, str(ROOT / "scripts/supervise.py"), "-n", "-c", str(config)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    while len(list(ready.iterdir())) < 2:
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=60)
    lines = [line.strip() for line in told.splitlines()]

    assert lines[0].startswith("Stopping: waiting for ")
    assert {"first", "other", "slow"} == set(lines[0].removeprefix("Stopping: waiting for ").rstrip(".").split(", "))
    assert lines[-2:] == ["Stopping: waiting for first.", "Debrief has stopped."]
