"""webapp asks for work by name; a name that no worker knows would wait for ever."""

import subprocess
import sys

import pytest

from tests.environment import ROOT
from webapp.jobs.kinds import JobKind, kinds
from webapp.jobs.queue import celery_app
from workers.pipeline import task_of


def registered_tasks() -> set[str]:
    from workers import beat_tasks  # noqa: F401  # registers the clock's own
    from workers.gpu import app

    app.loader.import_default_modules()
    return set(app.tasks)


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_each_stage_of_each_kind_is_a_registered_task(kind: JobKind) -> None:
    assert {stage.task for stage in kind.stages} <= registered_tasks()


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_the_foreground_walks_the_same_tasks(kind: JobKind) -> None:
    assert [task_of(stage).name for stage in kind.stages] == [  # type: ignore[attr-defined]
        stage.task for stage in kind.stages
    ]


def test_each_periodic_task_is_registered() -> None:
    assert {entry["task"] for entry in celery_app().conf.beat_schedule.values()} <= registered_tasks()


def test_the_kinds_that_people_know_are_there() -> None:
    assert {kind.name for kind in kinds()} >= {"ingest", "answer"}


@pytest.mark.parametrize("application", ["workers.celery", "workers.gpu", "workers.clock"])
def test_each_process_starts_with_nothing_loaded_before(application: str) -> None:
    command = [sys.executable, "-c", f"import {application} as process; process.app.loader.import_default_modules()"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
