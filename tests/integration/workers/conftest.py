"""Own storage, and a broker that nobody listens to."""

from pathlib import Path
from typing import Any

import pytest

from webapp.jobs import queue


@pytest.fixture(autouse=True)
def own_storage(settings: Any, tmp_path: Path) -> Path:
    settings.STORAGE_DIR = tmp_path / "storage"
    settings.VAR_DIR = tmp_path
    settings.DISK_RESERVE_BYTES = 0
    return settings.STORAGE_DIR


@pytest.fixture(autouse=True)
def handed_over(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """(job id, stage) of what would have gone to the broker."""
    sent: list[tuple[str, str]] = []
    monkeypatch.setattr(queue, "enqueue", lambda job_id, stage: sent.append((str(job_id), stage.name)) or True)
    return sent
