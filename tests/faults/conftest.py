"""The real thing, started once, and people who use it. `make faults` runs every scenario; `make test` two of them."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, skip_or_fail
from tests.e2e.steps import make_clip
from tests.faults.books import HEAD, Outcome, run_scenario
from tests.faults.load import Load, another
from tests.faults.person import Person
from tests.faults.stack import Stack, wait_until

DISK_SIZE = "1200m"
Scenario = Callable[[str, Callable[[], None]], Outcome]
outcomes: list[Outcome] = []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/faults" in str(item.path):
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.timeout(1200))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not outcomes:
        return
    terminalreporter.section("faults")
    for line in [HEAD, *(outcome.line for outcome in outcomes)]:
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small disk that can be filled; a plain folder where none can be mounted."""
    folder = tmp_path_factory.mktemp("disk")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_SIZE},mode=700", "tmpfs", str(folder)]
    is_mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    yield folder
    if is_mounted:
        subprocess.run(["umount", "--lazy", str(folder)], check=False)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", duration_s=3, size="320x180").read_bytes()


@pytest.fixture(scope="session")
def models() -> None:
    if not (ROOT / "var/models/smollm2-135m-instruct/manifest.json").is_file():
        skip_or_fail("no language model in var/models (`make setup` makes it)")


@pytest.fixture(scope="session")
def stack(disk: Path, models: None) -> Iterator[Stack]:
    with Stack(disk / "var", {"DEBRIEF_MODELS": str(ROOT / "var/models")}).running() as stack:
        yield stack


@pytest.fixture(scope="session")
def people(stack: Stack, clip: bytes) -> list[Person]:
    return prepared_people(stack, clip)


def prepared_people(stack: Stack, clip: bytes) -> list[Person]:
    """Two surgeons, each with a video that is ready, and a model that is warm."""
    people = [Person.of(stack), Person.of(stack)]
    answers = [(person, person.ask(ready_video(stack, clip, person), "What is visible?")) for person in people]
    for person, answer in answers:
        wait_until(lambda: person.answer(answer)["type"] == "final", limit_s=300, what="a first answer")  # noqa: B023
    return people


def ready_video(stack: Stack, clip: bytes, person: Person) -> str:
    path = person.upload(another(clip), "ready.mp4")
    video_id = path.strip("/").split("/")[-1].replace("-", "")

    def is_ready() -> bool:
        return stack.rows("SELECT status FROM videos_video WHERE id = ?", video_id) == [("ready",)]

    wait_until(is_ready, limit_s=300, what="a video is ready")
    person.video = path
    return path


@pytest.fixture
def scenario(stack: Stack, clip: bytes, people: list[Person]) -> Scenario:
    return lambda name, fault: play(stack, clip, people, name, fault)


def play(stack: Stack, clip: bytes, people: list[Person], name: str, fault: Callable[[], None]) -> Outcome:
    load = Load(clip=clip, people=people)
    outcome = run_scenario(stack, load, name, fault)
    outcomes.append(outcome)
    print(f"\n{outcome.line}", flush=True)
    return outcome
