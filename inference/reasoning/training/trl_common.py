"""What both trainers of TRL share, inside their process: the model, the guard, and how failures are told."""

import errno
import json
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerCallback

from inference.models.device import fastest_dtype
from inference.reasoning.training.backend import ADAPTER, CURVE, FAILURE, NO_MEMORY, TrainingJob, is_out_of_memory


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
    try:
        train(job)
    except Diverged as error:
        return _fail(job, "diverged", str(error))
    except OSError as error:
        if error.errno == errno.ENOSPC:
            return _fail(job, "storage_full", "The disk is full: the training goes on once there is room.")
        raise
    except (MemoryError, RuntimeError) as error:
        if is_out_of_memory(error):
            return _fail(job, "out_of_memory", NO_MEMORY)
        raise
    return 0


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
    from transformers.trainer_utils import get_last_checkpoint

    output = Path(job.output)
    last: str | None = get_last_checkpoint(job.output)  # type: ignore[no-untyped-call]
    trainer.train(resume_from_checkpoint=last)
    staged = output / f".{ADAPTER}.part"
    trainer.save_model(str(staged))
    staged.rename(output / ADAPTER)


def _fail(job: TrainingJob, kind: str, reason: str) -> int:
    (Path(job.output) / FAILURE).write_text(json.dumps({"kind": kind, "reason": reason}), encoding="utf-8")
    print(reason, file=sys.stderr)
    return 1
