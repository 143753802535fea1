"""Who starts which workers: every queue is served, and nothing else can take the places of the answers."""

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

from tests.environment import ROOT
from webapp.jobs.kinds import WorkQueue
from workers.management.commands.doctor import PROCESSES


def serve_script() -> Any:
    spec = importlib.util.spec_from_file_location("serve", ROOT / "scripts/serve.py")
    assert spec is not None
    assert spec.loader is not None
    serve = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(serve)
    return serve


def commands_of_make_run() -> list[str]:
    return [command for _, command, _ in serve_script().application_programs("127.0.0.1", 8000, Path("var"))]


def commands_of_compose() -> list[str]:
    text = (ROOT / "docker-compose.yml").read_text()
    return [re.sub(r'[",\[\]]', " ", line) for line in text.splitlines() if "command:" in line]


def queues_by_process(commands: list[str]) -> dict[str, list[str]]:
    found = (re.search(r"-n\s+(\w+)@\S+\s+-Q\s+(\S+)", command) for command in commands)
    return {match[1]: match[2].split(",") for match in found if match}


@pytest.mark.parametrize("commands", [commands_of_make_run, commands_of_compose])
def test_every_queue_has_a_process_and_answers_have_one_of_their_own(commands: object) -> None:
    assert callable(commands)
    queues = queues_by_process(commands())
    assert sorted(queue for served in queues.values() for queue in served) == sorted(queue.value for queue in WorkQueue)
    assert queues["gpu"] == [WorkQueue.ANSWERS.value]
    assert set(queues) == set(PROCESSES)
