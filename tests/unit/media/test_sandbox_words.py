"""Whoever runs the machine is told what holds the programmes that read strangers' files."""

import logging
import sys

import pytest

from inference.media import sandbox
from inference.media.sandbox import Limits, run_limited, sandbox_words


@pytest.fixture(autouse=True)
def _not_yet_warned() -> None:
    sandbox._warn_if_not_confined.cache_clear()


def run_something() -> None:
    run_limited([sys.executable, "-c", ""], Limits(cpu_s=10, wall_s=30), on_output=lambda _: None)


def test_a_kernel_without_landlock_is_told_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sandbox, "landlock_version", lambda: 0)
    with caplog.at_level(logging.WARNING):
        run_something()
        run_something()
    assert [record.message for record in caplog.records].count(f"sandbox without Landlock: {sandbox.NOT_CONFINED}") == 1
    assert "no Landlock" in sandbox_words()


def test_a_kernel_with_it_is_no_news(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(sandbox, "landlock_version", lambda: 4)
    with caplog.at_level(logging.WARNING):
        run_something()
    assert caplog.records == []
    assert "Landlock version 4" in sandbox_words()
