"""How far a round is can be read at any moment, and what ended it is told by kind."""

import errno
import json
from pathlib import Path

import pytest

from inference.errors import Stopped, StorageFull
from inference.progress import Progress
from inference.reasoning.training.backend import FAILURE, TrainingFailed, failure_told, last_step
from inference.reasoning.training.progress_file import PROGRESS, ProgressFile


def told(folder: Path, name: str = PROGRESS) -> dict[str, object]:
    return json.loads((folder / name).read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def test_a_stage_is_counted_while_it_runs_and_over_once_it_has_ended(tmp_path: Path) -> None:
    progress = ProgressFile(tmp_path / PROGRESS, tokens=lambda: (100, 20))
    with progress.stage("measure"):
        assert told(tmp_path)["stages"]["measure"]["state"] == "running"  # type: ignore[index]
        progress.count(Progress(done=3, total=8, unit="steps"))
        progress.note("rows 3")
    row = told(tmp_path)["stages"]["measure"]  # type: ignore[index]
    assert (row["state"], row["done"], row["total"], row["note"]) == ("finished", 3, 8, "rows 3")
    assert (told(tmp_path)["read"], told(tmp_path)["generated"]) == (100, 20)


def test_a_process_that_goes_on_adds_to_what_the_one_before_it_spent(tmp_path: Path) -> None:
    with pytest.raises(KeyError), ProgressFile(tmp_path / PROGRESS, tokens=lambda: (100, 20)).stage("int"):
        raise KeyError("killed")
    assert told(tmp_path)["stages"]["int"]["state"] == "running"  # type: ignore[index]
    with ProgressFile(tmp_path / PROGRESS, tokens=lambda: (1, 2)).stage("int"):
        pass
    assert (told(tmp_path)["read"], told(tmp_path)["generated"]) == (101, 22)


@pytest.mark.parametrize(
    ("error", "raised", "kind"),
    [
        (OSError(errno.ENOSPC, "no room"), StorageFull, "storage_full"),
        (MemoryError(), TrainingFailed, "out_of_memory"),
        (RuntimeError("DefaultCPUAllocator: not enough memory"), TrainingFailed, "out_of_memory"),
        (TrainingFailed("The loss became nan in step 3.", "diverged"), TrainingFailed, "diverged"),
    ],
)
def test_what_ends_a_round_is_told_by_kind_and_in_a_sentence(
    tmp_path: Path, error: Exception, raised: type[Exception], kind: str
) -> None:
    with pytest.raises(raised), failure_told(tmp_path):
        raise error
    assert told(tmp_path, FAILURE)["kind"] == kind
    assert str(told(tmp_path, FAILURE)["reason"]).endswith(".")


def test_a_stop_is_no_failure(tmp_path: Path) -> None:
    with pytest.raises(Stopped), failure_told(tmp_path):
        raise Stopped
    assert not (tmp_path / FAILURE).exists()


def test_a_curve_that_is_being_written_or_is_not_there_counts_what_it_can(tmp_path: Path) -> None:
    assert last_step(tmp_path) == 0
    (tmp_path / "curve.jsonl").write_text('{"step": 4, "loss": 1.0}\n{"st')
    assert last_step(tmp_path) == 0
