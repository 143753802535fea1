"""Who trains: a small interface, and TRL behind it in a process of its own that may be killed at any moment.

The process writes checkpoints and goes on from the last one; what it cannot do it says in a file, in one sentence.
"""

import errno
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from inference.errors import InferenceError, Stopped, StorageFull
from inference.progress import StopCheck, never_stop

Stage = Literal["supervised", "reinforced"]
MODULES: Mapping[Stage, str] = {
    "supervised": "inference.reasoning.training.trl_sft",
    "reinforced": "inference.reasoning.training.trl_grpo",
}
ADAPTER, FAILURE, CURVE, JOB = "adapter", "failure.json", "curve.jsonl", "job.json"
POLL_S = 0.5
GRACE_S = 30.0
GOES_ON = "the next run goes on from its last checkpoint."
NO_ROOM = "The disk is full: the run goes on from here once there is room."
NO_MEMORY = "There was not enough memory: use a smaller model or a smaller batch."


class TrainingFailed(InferenceError):
    """The trainer stopped. The adapter that answers is untouched. `code` : also diverged or out_of_memory."""

    def __init__(self, message: str, code: str = "training_failed") -> None:
        super().__init__(message, code)
        self.message, self.code = message, code

    def __str__(self) -> str:
        return self.message


class TrainerKilled(TrainingFailed):
    """From outside; the next run goes on from its last checkpoint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingJob:
    """`rows`: JSON lines; of supervised training input_ids and labels, of reinforcement cases · `start`: an adapter to
    go on from, or none · `output` keeps checkpoints, the curve and, at the end, the adapter."""

    stage: Stage
    base: str
    rows: str
    output: str
    start: str = ""
    rank: int = 8
    learning_rate: float = 1e-4
    batch: int = 4
    accumulation: int = 4
    epochs: float = 1.0
    max_steps: int = -1
    num_generations: int = 4
    max_completion: int = 100
    save_steps: int = 5
    seed: int = 0


class TrainerBackend(Protocol):
    def train(self, job: TrainingJob, should_stop: StopCheck) -> Path:
        """The trained adapter's folder; at once where the job is done already.

        Raises Stopped (the next call goes on), StorageFull, or TrainingFailed with the reason.
        """
        ...


class TrlBackend:
    """A subprocess for each job."""

    def __init__(self, *, threads: int = 1) -> None:
        self._threads = threads

    def train(self, job: TrainingJob, should_stop: StopCheck = never_stop) -> Path:
        output = Path(job.output)
        if (output / ADAPTER / "adapter_config.json").is_file():
            return output / ADAPTER
        output.mkdir(parents=True, exist_ok=True)
        (output / FAILURE).unlink(missing_ok=True)
        (output / JOB).write_text(json.dumps(asdict(job), indent=1), encoding="utf-8")
        with (output / "log.txt").open("ab") as log:
            command = [sys.executable, "-m", MODULES[job.stage], str(output / JOB), str(os.getpid())]
            process = subprocess.Popen(command, stdout=log, stderr=log, env=self._env())  # noqa: S603 - our own module
            try:
                _wait(process, should_stop)
            finally:
                # Whatever ends the waiting ends the trainer.
                process.kill()
                process.wait()
        return _outcome(process.returncode, output)

    def _env(self) -> dict[str, str]:
        threads = str(self._threads)
        return {**os.environ, "OMP_NUM_THREADS": threads, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}


def _wait(process: "subprocess.Popen[bytes]", should_stop: StopCheck) -> None:
    while process.poll() is None:
        if should_stop():
            process.terminate()
            try:
                process.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            raise Stopped("The training was stopped; it goes on from its last checkpoint.")
        time.sleep(POLL_S)


def _outcome(status: int, output: Path) -> Path:
    """Raises StorageFull or TrainingFailed."""
    if status == 0 and (output / ADAPTER / "adapter_config.json").is_file():
        return output / ADAPTER
    failure = read_failure(output)
    if status == errno.ENOSPC or failure.get("kind") == "storage_full":
        raise StorageFull(NO_ROOM)
    if failure:
        raise TrainingFailed(str(failure["reason"]), str(failure["kind"]))
    if status in (-9, 137):
        raise TrainerKilled(f"The trainer was killed (out of memory, or by hand); {GOES_ON}", "trainer_killed")
    raise TrainingFailed(f"The trainer ended with status {status}; {GOES_ON}")


@contextmanager
def failure_told(output: Path) -> Iterator[None]:
    """What ends the block is told in a file under `output`, by its kind and in a sentence, and goes on its way.

    Raises TrainingFailed for a lack of memory, StorageFull for a full disk.
    """
    (output / FAILURE).unlink(missing_ok=True)
    try:
        yield
    except (InferenceError, MemoryError, RuntimeError, OSError) as error:
        named = _named(error)
        if isinstance(named, InferenceError) and not isinstance(named, Stopped):
            _tell(output, {"kind": named.code, "reason": str(named)})
        if named is error:
            raise
        raise named from error


def _named(error: BaseException) -> BaseException:
    if is_out_of_memory(error):
        return TrainingFailed(NO_MEMORY, "out_of_memory")
    return StorageFull(NO_ROOM) if is_full_disk(error) else error


def _tell(output: Path, failure: Mapping[str, str]) -> None:
    """A full disk does not take even that; the sentence on standard error remains."""
    with suppress(OSError):
        (output / FAILURE).write_text(json.dumps(failure), encoding="utf-8")


def last_step(output: Path) -> int:
    """As its curve tells; 0 before the first."""
    try:
        lines = (output / CURVE).read_text(encoding="utf-8").splitlines()
        return int(json.loads(lines[-1])["step"]) if lines else 0
    except (OSError, ValueError, KeyError):
        return 0


def is_full_disk(error: BaseException) -> bool:
    """Torch and safetensors write past Python and tell it in their own words, torch with a number that is none."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return any(words in str(error) for words in ("No space left on device", "PytorchStreamWriter failed writing"))


def is_out_of_memory(error: BaseException) -> bool:
    """Torch says it on processors in a RuntimeError of its allocator."""
    return isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and "memory" in str(error).lower())


def read_failure(output: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((output / FAILURE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found
