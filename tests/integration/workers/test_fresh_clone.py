"""Commands on a fresh clone, before `make run`: one sentence that says what to do, no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import DatabaseError

from tests.environment import ROOT
from webapp.lib import commands

COMMANDS = {
    "ask": ["case.mp4", "What is it?"],
    "ingest": ["case.mp4"],
    "models": ["list"],
    "password_link": ["a@example.org"],
}


def run_on_a_fresh_clone(var: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    environment = kept | {"DEBRIEF_VAR": str(var)}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize(("name", "folder"), [*((name, "var") for name in COMMANDS), ("ask", ".")])
def test_a_command_without_a_database_says_so_in_one_sentence(tmp_path: Path, name: str, folder: str) -> None:
    ended = run_on_a_fresh_clone(tmp_path / folder, name, *COMMANDS[name])
    assert ended.returncode == 1
    assert ended.stderr.startswith("CommandError: Not done: ")
    assert "`make run`" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


@pytest.mark.slow
def test_the_doctor_names_every_part_of_a_fresh_clone(tmp_path: Path) -> None:
    ended = run_on_a_fresh_clone(tmp_path / "var", "doctor")
    lines = {line[4:20].strip(): line for line in ended.stdout.splitlines()}
    assert ended.returncode == 1
    assert "Traceback" not in ended.stdout + ended.stderr
    assert "`make run`" in lines["database"]
    assert "`make run`" in lines["migrations"]
    assert "Landlock" in lines["sandbox"]


def test_a_database_of_an_older_version_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def behind() -> None:
        raise RuntimeError("the database is not set up for this version")

    monkeypatch.setattr(commands, "check_migrations", behind)
    with pytest.raises(CommandError, match="Not done: the database is not set up"):
        commands.require_database()


def test_a_database_that_is_away_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise DatabaseError("no answer")

    monkeypatch.setattr(commands, "check_migrations", away)
    with pytest.raises(CommandError, match="no answer"):
        commands.require_database()
