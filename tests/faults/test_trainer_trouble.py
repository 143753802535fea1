"""A trainer that runs out of memory or of disk: it ends by itself, says why in a sentence, and goes on when there is
room."""

import json
import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from inference.errors import StorageFull
from inference.reasoning.training.backend import ADAPTER, CURVE, FAILURE, TrainingFailed, TrainingJob, TrlBackend
from tests.conftest import skip_or_fail
from tests.unit.reasoning.tiny_model import write_tiny_model

pytestmark = pytest.mark.faults

DISK_BYTES = 3 * 1024**2
MANY_STEPS = 1000


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("trl", reason="TRL is not installed: make setup-dev")
    return write_tiny_model(tmp_path_factory.mktemp("base"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=700", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        skip_or_fail("no small disk to fill: mounting a tmpfs needs root")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def job_of(base: Path, rows: Path, output: Path, *, length: int, max_steps: int) -> TrainingJob:
    row = {"input_ids": [65 + number % 20 for number in range(length)]}
    rows.write_text("".join(json.dumps({**row, "labels": row["input_ids"]}) + "\n" for _ in range(4)), encoding="utf-8")
    return TrainingJob(
        stage="supervised",
        base=str(base),
        rows=str(rows),
        output=str(output),
        batch=1,
        accumulation=1,
        max_steps=max_steps,
        save_steps=1,
    )


def steps_in(output: Path) -> list[int]:
    return [json.loads(line)["step"] for line in (output / CURVE).read_text(encoding="utf-8").splitlines()]


def test_a_full_disk_ends_a_training_in_a_sentence_and_with_room_it_goes_on(
    base: Path, tmp_path: Path, small_disk: Path
) -> None:
    """Filled while no trainer runs: one that is under way makes room again as it removes its oldest checkpoint."""
    output = small_disk / "run"
    job = job_of(base, tmp_path / "rows.jsonl", output, length=40, max_steps=2)
    shutil.rmtree(TrlBackend().train(job))
    filler = small_disk / "filler"
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(small_disk).free)

    job = replace(job, max_steps=4)
    with pytest.raises(StorageFull, match="disk is full"):
        TrlBackend().train(job)
    assert not (output / ADAPTER).exists()
    filler.unlink()

    assert (TrlBackend().train(job) / "adapter_model.safetensors").is_file()
    assert max(steps_in(output)) >= 4
    assert steps_in(output).count(1) == 1, "what was saved is not done again"


def test_too_little_memory_ends_a_training_in_a_sentence_and_with_more_it_goes_on(base: Path, tmp_path: Path) -> None:
    output = tmp_path / "run"
    job = job_of(base, tmp_path / "rows.jsonl", output, length=3000, max_steps=MANY_STEPS)

    def take_memory() -> bool:
        if list(output.glob("checkpoint-*/trainer_state.json")):
            for child in psutil.Process().children():
                # It may be over already.
                with suppress(psutil.Error, ProcessLookupError):
                    if str(output) in " ".join(child.cmdline()):
                        resource.prlimit(child.pid, resource.RLIMIT_DATA, (0, 0))
        return False

    with pytest.raises(TrainingFailed, match="not enough memory"):
        TrlBackend().train(job, take_memory)
    assert json.loads((output / FAILURE).read_text(encoding="utf-8"))["kind"] == "out_of_memory"
    assert not (output / ADAPTER).exists()

    job = replace(job, max_steps=max(steps_in(output)) + 1)
    assert (TrlBackend().train(job) / "adapter_model.safetensors").is_file()
    assert steps_in(output).count(1) == 1, "what was saved is not done again"
    assert not (output / FAILURE).exists()
