"""A whole round with its real trainers, killed ten times at any moment: rows and adapters of an unbroken one."""

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

pytestmark = pytest.mark.faults

KILLS = 10
ROUND = """
import sys
from pathlib import Path
from random import Random
from inference.reasoning.training.backend import TrlBackend
from inference.reasoning.training.case import CaseSets
from inference.reasoning.training.cases import cases
from inference.reasoning.training.round import Round, RoundRecipe
from inference.reasoning.training.stretches import simulated_stretches

def drawn(seed):
    stretches = simulated_stretches(is_test=False, random=Random(seed))
    return cases(stretches, per_stratum=2, random=Random(seed), strata=("length", "missing"))

models, out = Path(sys.argv[1]), Path(sys.argv[2])
recipe = RoundRecipe(
    base="qwen2.5-coder-0.5b-instruct", num_measured=2, num_continuations=2, num_generations=2, rl_prompts=1,
    rl_steps=3, sft_epochs=1.0,
)
sets = CaseSets(warm_up=drawn(1), train=drawn(2), test=[])
work = Round(recipe, sets, models=models, out=out, backend=TrlBackend())
work.run(["warm_up", "measure", "int"])
for name in ("sft_int", "sft_reference"):
    # A model of a few kilobytes is never right, so nothing is kept of it: it trains on what it was warmed up by.
    if not (out / f"{name}.jsonl").stat().st_size:
        (out / f"{name}.jsonl").write_bytes((out / "warm_up.jsonl").read_bytes())
work.run(["sft_int", "sft_reference", "rl_int", "rl_base", "pack"])
"""


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("trl", reason="TRL is not installed: make setup-dev")
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
    return subprocess.Popen([sys.executable, "-c", ROUND, str(models), str(out)], cwd=ROOT, env=environment)


def test_killed_ten_times_a_round_ends_as_one_that_was_not(models: Path, tmp_path: Path) -> None:
    """Only the round itself is killed: the trainer that it started must not go on beside the next one's."""
    began = time.monotonic()
    assert started(models, tmp_path / "unbroken").wait(900) == 0
    whole_s = time.monotonic() - began
    random, num_killed = Random(13), 0
    while num_killed < KILLS:
        process = started(models, tmp_path / "broken")
        try:
            process.wait(random.uniform(0.1, 0.4) * whole_s)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        num_killed += process.wait(20) == -signal.SIGKILL
        if process.returncode == 0:
            break
    assert num_killed >= KILLS // 2, "it was over before it could be killed"
    assert started(models, tmp_path / "broken").wait(900) == 0

    ends = ("*.jsonl", "int.json", "unkept.json", "measured.json", "*/adapter/adapter_model.safetensors")
    names = [path.relative_to(tmp_path / "unbroken") for end in ends for path in (tmp_path / "unbroken").glob(end)]
    assert len(names) >= 12
    for name in names:
        assert (tmp_path / "broken" / name).read_bytes() == (tmp_path / "unbroken" / name).read_bytes(), name
