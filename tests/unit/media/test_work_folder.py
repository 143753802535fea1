"""Half-made files live in a locked folder that nobody's death leaves behind."""

from pathlib import Path

import pytest

from inference.media.work_folder import LOCK_NAME, PREFIX, clear_abandoned, work_folder


def leftovers(parent: Path) -> list[Path]:
    return list(parent.glob(f"{PREFIX}*"))


def test_it_is_gone_afterwards_with_what_is_still_in_it(tmp_path: Path) -> None:
    with work_folder(tmp_path) as folder:
        (folder / "half.mp4").write_bytes(b"x")
        assert folder.parent == tmp_path
    assert leftovers(tmp_path) == []


def test_it_is_gone_after_an_error_too(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="broke"), work_folder(tmp_path):
        raise ValueError("broke")
    assert leftovers(tmp_path) == []


def test_what_a_killed_worker_left_is_cleared_by_the_next(tmp_path: Path) -> None:
    dead = tmp_path / f"{PREFIX}dead"
    dead.mkdir()
    (dead / LOCK_NAME).touch()
    (dead / "half.mp4").write_bytes(b"x")
    with work_folder(tmp_path) as folder:
        assert leftovers(tmp_path) == [folder]


def test_a_living_workers_folder_is_left_alone(tmp_path: Path) -> None:
    with work_folder(tmp_path) as folder:
        clear_abandoned(tmp_path)
        assert folder.is_dir()
