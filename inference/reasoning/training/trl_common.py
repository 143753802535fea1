"""What both trainers of TRL share, inside their process: the model, the guard, and how failures are told."""

import errno
import fcntl
import json
import math
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerCallback

from inference.models.device import fastest_dtype
from inference.reasoning.training.backend import (
    ADAPTER,
    CURVE,
    FAILURE,
    NO_MEMORY,
    NO_ROOM,
    TrainingJob,
    is_full_disk,
    is_out_of_memory,
)

LOCK = ".lock"
PARENT_POLL_S = 0.5


class Diverged(RuntimeError):
    """The loss is no number."""


class Guard(TrainerCallback):
    """Writes the curve, and stops a run whose loss is no number before it can be saved."""

    def __init__(self, output: Path) -> None:
        self._curve = output / CURVE

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        row = {key: value for key, value in (logs or {}).items() if isinstance(value, int | float)}
        for key in ("loss", "grad_norm"):
            if key in row and not math.isfinite(row[key]):
                raise Diverged(f"The {key.replace('_', ' ')} became {row[key]} in step {state.global_step}.")
        with self._curve.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"step": state.global_step, **row}) + "\n")


def run(train: Callable[[TrainingJob], None]) -> int:
    """The process's main · returns its status; a failure is written as one sentence."""
    path = Path(sys.argv[1])
    job = TrainingJob(**json.loads(path.read_text(encoding="utf-8")))
    end_with(parent=int(sys.argv[2]))
    try:
        with alone_in(Path(job.output)):
            train(job)
    except Diverged as error:
        return _fail(job, "diverged", str(error))
    except Exception as error:
        if is_full_disk(error):
            # What was written in part makes room for the sentence; the status tells it where there is none left.
            last_whole_checkpoint(Path(job.output))
            _fail(job, "storage_full", NO_ROOM)
            return errno.ENOSPC
        if is_out_of_memory(error):
            return _fail(job, "out_of_memory", NO_MEMORY)
        raise
    return 0


def end_with(parent: int) -> None:
    """Whoever started the training may be killed: what it started must not go on beside the next run's trainer."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_POLL_S)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def alone_in(output: Path) -> Iterator[None]:
    """Waits for a trainer of an earlier run that is not yet gone; the system frees the lock of one that was killed."""
    with (output / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def load(job: TrainingJob) -> tuple[Any, Any, Any]:
    """Model, tokenizer and the adapter's configuration (None where the model has its adapter already)."""
    from peft import LoraConfig, PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    device = "cuda" if torch.cuda.is_available() else "cpu"
    tokenizer = AutoTokenizer.from_pretrained(job.base, local_files_only=True)
    tokenizer.padding_side = "left" if job.stage == "reinforced" else "right"
    model = AutoModelForCausalLM.from_pretrained(job.base, dtype=fastest_dtype(device), local_files_only=True)
    if job.start:
        return PeftModel.from_pretrained(model, job.start, is_trainable=True), tokenizer, None
    config = LoraConfig(
        r=job.rank, lora_alpha=2 * job.rank, lora_dropout=0.0, target_modules="all-linear", task_type="CAUSAL_LM"
    )
    return model, tokenizer, config


def common_arguments(job: TrainingJob) -> dict[str, Any]:
    on_cpu = not torch.cuda.is_available()
    return {
        "output_dir": job.output,
        "per_device_train_batch_size": job.batch,
        "gradient_accumulation_steps": job.accumulation,
        "learning_rate": job.learning_rate,
        "max_steps": job.max_steps,
        "num_train_epochs": job.epochs,
        "save_steps": job.save_steps,
        "save_total_limit": 2,
        "logging_steps": 1,
        # Else a loss that is no number is shown as the mean of those before it.
        "logging_nan_inf_filter": False,
        "report_to": [],
        "use_cpu": on_cpu,
        "bf16": not on_cpu,
        "gradient_checkpointing": not on_cpu,
        "seed": job.seed,
        "disable_tqdm": True,
    }


def finish(trainer: Any, job: TrainingJob) -> None:
    """Trains from the last whole checkpoint, and moves the adapter into its place when it is whole."""
    output = Path(job.output)
    trainer.train(resume_from_checkpoint=last_whole_checkpoint(output))
    staged = output / f".{ADAPTER}.part"
    trainer.save_model(str(staged))
    staged.rename(output / ADAPTER)


def last_whole_checkpoint(output: Path) -> str | None:
    """None without one. A trainer that was killed while it wrote leaves a part of a checkpoint: that is removed."""
    found = sorted(output.glob("checkpoint-*"), key=lambda path: int(path.name.rpartition("-")[2]))
    for path in reversed(found):
        if _is_whole(path):
            return str(path)
        shutil.rmtree(path)
    return None


def _is_whole(checkpoint: Path) -> bool:
    """The trainer's state is written last."""
    try:
        json.loads((checkpoint / "trainer_state.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return (checkpoint / "adapter_model.safetensors").is_file()


def _fail(job: TrainingJob, kind: str, reason: str) -> int:
    with suppress(OSError):
        (Path(job.output) / FAILURE).write_text(json.dumps({"kind": kind, "reason": reason}), encoding="utf-8")
    print(reason, file=sys.stderr)
    return 1
