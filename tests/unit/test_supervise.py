"""What holds the processes together outlives a full disk."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from supervisor import loggers

from tests.environment import ROOT

FULL_DISK = Path("/dev/full")
pytestmark = pytest.mark.skipif(not FULL_DISK.exists(), reason="SKIPPED, not tested: /dev/full is Linux's")


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
