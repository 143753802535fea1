"""TRL in a process of its own: it learns rows, goes on after a kill, and says why it stopped."""

import json
import signal
import time
from pathlib import Path
from random import Random
from threading import Thread

import pytest

from inference.errors import ModelMismatch, Stopped
from inference.models.manifest import Need, describe
from inference.reasoning.training.backend import ADAPTER, CURVE, TrainingFailed, TrainingJob, TrlBackend
from inference.reasoning.training.cases import cases
from inference.reasoning.training.loading import refuse_other_base
from inference.reasoning.training.row_text import IGNORED, row_ids
from inference.reasoning.training.stretches import simulated_stretches
from tests.unit.reasoning.tiny_model import write_tiny_adapter, write_tiny_model

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("trl", reason="TRL is not installed: make setup-dev")
    return write_tiny_model(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def rows(base: Path) -> list[dict[str, list[int]]]:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base)
    drawn = cases(simulated_stretches(is_test=False, random=Random(1)), per_stratum=1, random=Random(1))
    return [row_ids(tokenizer, case.problem.prompt, case.reference[:1], is_whole=False) for case in drawn]


def supervised(base: Path, rows: list[dict[str, list[int]]], out: Path, **fields: object) -> TrainingJob:
    out.mkdir(parents=True, exist_ok=True)
    path = out / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    given = {"max_steps": 4, "batch": 2, "accumulation": 1, "save_steps": 1, **fields}
    return TrainingJob(stage="supervised", base=str(base), rows=str(path), output=str(out / "run"), **given)  # type: ignore[arg-type]


def test_a_row_masks_its_prompt_and_a_part_of_a_chain_has_no_end(base: Path, rows: list[dict[str, list[int]]]) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base)
    end = tokenizer.convert_tokens_to_ids("<|im_end|>")
    for row in rows:
        targets = [label for label in row["labels"] if label != IGNORED]
        assert 0 < len(targets) < len(row["labels"])
        assert end not in targets
        assert row["input_ids"][-len(targets) :] == targets
    assert row_ids(tokenizer, "a\nQuestion: b", ("c",), is_whole=True)["labels"][-1] == end


def test_supervised_training_is_killed_stopped_and_gone_on_with(
    base: Path, rows: list[dict[str, list[int]]], tmp_path: Path
) -> None:
    job = supervised(base, rows, tmp_path, max_steps=120)
    curve = Path(job.output) / CURVE

    with pytest.raises(Stopped):
        TrlBackend().train(job, lambda: curve.is_file())
    killed = Thread(target=_kill_trainer_of, args=(Path(job.output),))
    killed.start()
    with pytest.raises(TrainingFailed, match="killed"):
        TrlBackend().train(job)
    killed.join()
    before = max(json.loads(line)["step"] for line in curve.read_text().splitlines())
    adapter = TrlBackend().train(job)

    assert (adapter / "adapter_model.safetensors").is_file()
    steps = [json.loads(line)["step"] for line in curve.read_text().splitlines()]
    assert max(steps) == 120
    assert before > 0
    assert TrlBackend().train(job) == adapter


def test_a_loss_that_is_no_number_stops_the_run_and_is_told(
    base: Path, rows: list[dict[str, list[int]]], tmp_path: Path
) -> None:
    job = supervised(base, rows, tmp_path, learning_rate=1e30, max_steps=6)
    with pytest.raises(TrainingFailed, match=r"became (nan|inf)"):
        TrlBackend().train(job)
    assert not (Path(job.output) / ADAPTER).exists()


def test_reinforcement_goes_on_from_an_adapter_and_leaves_one(base: Path, tmp_path: Path) -> None:
    start = write_tiny_adapter(base, tmp_path / "start")
    drawn = cases(simulated_stretches(is_test=False, random=Random(2)), per_stratum=1, random=Random(2))
    path = tmp_path / "cases.jsonl"
    path.write_text("".join(json.dumps(case.row()) + "\n" for case in drawn), encoding="utf-8")
    job = TrainingJob(
        stage="reinforced",
        base=str(base),
        rows=str(path),
        output=str(tmp_path / "rl"),
        start=str(start),
        max_steps=2,
        batch=4,
        accumulation=1,
        num_generations=4,
        max_completion=8,
        save_steps=1,
    )
    adapter = TrlBackend().train(job)
    assert (adapter / "adapter_model.safetensors").is_file()
    assert "reward" in (Path(job.output) / CURVE).read_text()


def test_an_adapter_of_another_base_is_refused(tmp_path: Path) -> None:
    (tmp_path / "adapter_model.safetensors").write_bytes(b"x")
    describe(
        tmp_path,
        [tmp_path / "adapter_model.safetensors"],
        kind="adapter",
        name="reasoning",
        needs=[Need(kind="base", id="qwen@1")],
        licence="Apache-2.0",
        card="reasoning",
    )
    refuse_other_base(tmp_path, "qwen@1")
    with pytest.raises(ModelMismatch, match="qwen@1"):
        refuse_other_base(tmp_path, "qwen@2")


def _kill_trainer_of(output: Path) -> None:
    """SIGKILL, once it has saved a checkpoint of its own."""
    import psutil

    first = set(output.glob("checkpoint-*"))
    for _ in range(1200):
        if set(output.glob("checkpoint-*")) - first:
            break
        time.sleep(0.05)
    for process in psutil.process_iter(["cmdline"]):
        if str(output / "job.json") in " ".join(process.info["cmdline"] or ()):
            process.send_signal(signal.SIGKILL)
