"""How late the first word of an answer comes beside a training run, against the same with its trainer stopped.

    python -m bench.answering_beside_training [--models DIR] [--pairs N]

On a running installation of its own, with the smallest model. The two take turns: before one question the trainer is
stopped by hand, before the next it is at work and has to make room by itself. Medians, their ratio, and the load.
"""

import argparse
import os
import signal
import statistics
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psutil

from tests.environment import ROOT
from tests.faults.books import wait_until_settled
from tests.faults.person import Person
from tests.faults.stack import Stack, wait_until

BASE = "smollm2-135m-instruct"
# From the start of the process to its first step, which reads libraries and models.
START_LIMIT_S = 600.0
WARM_UPS = 2
QUESTIONS = ("Which instruments are visible?", "Which phase is this?", "Can you describe the surgical video?")
BEGIN = """
from webapp.accounts.actors import page_actor
from webapp.accounts.models import User
from webapp.learning.runs import training_run_start
admin = User.objects.get(email="admin@debrief.local")
training_run_start(actor=page_actor(admin), is_smallest=True, is_urgent=True)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, default=ROOT / "var" / "models")
    parser.add_argument("--pairs", type=int, default=8)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="debrief-bench-") as folder:
        _measure(options, Path(folder))


def _measure(options: argparse.Namespace, folder: Path) -> None:
    models = folder / "models"
    models.mkdir()
    (models / BASE).symlink_to((options.models / BASE).resolve())
    stack = Stack(folder / "var", settings={"DEBRIEF_MODELS": str(models)})
    with stack.running():
        person = Person.of(stack)
        person.video = person.upload(_clip(folder).read_bytes(), "clip.mp4")
        wait_until_settled(stack)
        for number in range(WARM_UPS):
            _first_word_s(person, number)
        stack.manage("shell", "-c", BEGIN)
        trainer = stack.var / "training" / "1"
        wait_until(lambda: bool(list(trainer.glob("round/*/curve.jsonl"))), limit_s=START_LIMIT_S, what="it learns")
        stopped, beside, num_held = [], [], 0
        for number in range(options.pairs):
            _wait_at_work(trainer)
            _signal(trainer, signal.SIGSTOP)
            stopped.append(_first_word_s(person, number))
            _signal(trainer, signal.SIGCONT)
            _wait_at_work(trainer)
            beside.append(_first_word_s(person, number))
            num_held += _is_still(trainer)
    _tell(stopped, beside, num_held)


def _tell(stopped: list[float], beside: list[float], num_held: int) -> None:
    alone_s, beside_s = statistics.median(stopped), statistics.median(beside)
    print(f"first word, trainer stopped: median {alone_s:.2f} s, most {max(stopped):.2f} s")
    print(f"first word, trainer at work: median {beside_s:.2f} s, most {max(beside):.2f} s")
    print(f"ratio {beside_s / alone_s:.2f} of {len(beside)} pairs; it held still by itself in {num_held} of them")
    print(f"load of this machine meanwhile: {os.getloadavg()[1]:.1f} on {os.cpu_count()} processors")


def _first_word_s(person: Person, number: int) -> float:
    """From the question to the first word of its answer."""
    began_s = time.monotonic()
    person.first_word_s(person.ask(person.video, QUESTIONS[number % len(QUESTIONS)]))
    return time.monotonic() - began_s


def _wait_at_work(trainer: Path) -> None:
    """Until it has gone on by itself, and for a moment more."""
    wait_until(lambda: _group(trainer) and not _is_still(trainer), limit_s=60, what="the trainer works")
    time.sleep(1.0)


def _is_still(trainer: Path) -> bool:
    return any(process.status() == psutil.STATUS_STOPPED for process in _group(trainer))


def _group(trainer: Path) -> list[psutil.Process]:
    with suppress(OSError, ValueError, psutil.Error):
        leader = psutil.Process(int((trainer / "trainer.pid").read_text()))
        return [leader, *leader.children(recursive=True)]
    return []


def _signal(trainer: Path, number: signal.Signals) -> None:
    for process in _group(trainer):
        with suppress(psutil.Error):
            process.send_signal(number)


def _clip(folder: Path) -> Path:
    from tests.e2e.steps import make_clip

    real = Path(os.environ.get("DEBRIEF_DATA", ROOT.parent / "shared" / "data")) / "clips" / "cholect50_VID25_324.mp4"
    return real if real.exists() else make_clip(folder / "clip.mp4", seed=5)


if __name__ == "__main__":
    main()
