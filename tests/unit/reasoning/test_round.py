"""A round on a tiny model: stopped and killed anywhere, it goes on and ends with the rows of an unbroken one."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from tests.environment import ROOT
from tests.unit.reasoning.tiny_model import write_tiny_model

pytestmark = pytest.mark.slow

# The stages before the trainers, which have a test of their own: here a trainer gives an adapter at once.
STAGES = """
import sys
from pathlib import Path
from random import Random
from inference.models.manifest import describe
from inference.reasoning.training.backend import ADAPTER
from inference.reasoning.training.case import CaseSets
from inference.reasoning.training.cases import cases
from inference.reasoning.training.intake import intake
from inference.reasoning.training.round import Round, RoundRecipe
from inference.reasoning.training.stretches import simulated_stretches
from tests.unit.reasoning.tiny_model import write_tiny_adapter

class AtOnce:
    def train(self, job, should_stop):
        return write_tiny_adapter(Path(job.base), Path(job.output) / ADAPTER)

def drawn(seed):
    return cases(simulated_stretches(is_test=False, random=Random(seed)), per_stratum=1, random=Random(seed))

models, out = Path(sys.argv[1]), Path(sys.argv[2])
marked = drawn(3)[1]
mark = {"location": 0, "text": marked.reference[0]}
row = {"id": "r", **marked.row(), "attempt": ["so", "Answer: 1 s"], "mark": mark}
recipe = RoundRecipe(base="qwen2.5-coder-0.5b-instruct", num_measured=2, num_continuations=2)
Round(
    recipe, CaseSets(warm_up=drawn(1), train=drawn(2), test=[]), models=models, out=out, backend=AtOnce(),
    references=intake([row, {"id": "gone", "withdrawn": True}]),
).run(["warm_up", "measure", "int", "service", "pack"])
"""


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from inference.models.manifest import describe

    folder = write_tiny_model(tmp_path_factory.mktemp("models") / "qwen2.5-coder-0.5b-instruct")
    describe(
        folder,
        [path for path in folder.iterdir() if path.is_file()],
        kind="base",
        name="tiny",
        artifact_id="tiny@1",
        licence="none",
        card="base_models",
        facts={"title": "Tiny", "chat_format": "chatml"},
    )
    return folder.parent


def started(models: Path, out: Path) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, "-c", STAGES, str(models), str(out)], cwd=ROOT, env=environment)


@pytest.fixture(scope="module")
def unbroken(models: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """A round's folder and how many seconds it took."""
    out, began = tmp_path_factory.mktemp("rounds") / "unbroken", time.monotonic()
    assert started(models, out).wait(240) == 0
    return out, time.monotonic() - began


def test_killed_twice_a_round_ends_with_the_rows_of_an_unbroken_one(
    models: Path, unbroken: tuple[Path, float], tmp_path: Path
) -> None:
    """With its real trainers and ten times: tests/faults/test_killed_round.py."""
    whole, whole_s = unbroken
    random = Random(7)
    for _ in range(2):
        process = started(models, tmp_path / "broken")
        time.sleep(random.uniform(0.4, 0.95) * whole_s)
        process.send_signal(signal.SIGKILL)
        process.wait(20)
    assert started(models, tmp_path / "broken").wait(240) == 0

    for name in ("sft_int.jsonl", "sft_reference.jsonl", "service.jsonl", "int.json", "unkept.json", "measured.json"):
        assert (tmp_path / "broken" / name).read_bytes() == (whole / name).read_bytes(), name


def test_a_round_lists_what_it_left_out_and_why(unbroken: tuple[Path, float]) -> None:
    out, _ = unbroken
    told = json.loads((out / "int.json").read_text(encoding="utf-8"))
    assert told["refused"] == {"gone": "It was withdrawn."}
    assert len(told["marks"]) == 1
    assert told["unkept"] == len(json.loads((out / "unkept.json").read_text(encoding="utf-8")))


def test_what_a_round_packs_is_what_it_taught_last(unbroken: tuple[Path, float]) -> None:
    out, _ = unbroken
    manifest = json.loads((out / "packed" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["facts"]["stage"] == "service"
    assert (out / "service.jsonl").read_text(encoding="utf-8").count("\n") > 8
