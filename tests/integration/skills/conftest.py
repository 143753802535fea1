import pytest

from tests.integration.skills.cast import Cast, cast
from webapp.jobs import queue


@pytest.fixture(autouse=True)
def handed_over(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """(job id, stage) of what would have gone to the broker."""
    sent: list[tuple[str, str]] = []
    monkeypatch.setattr(queue, "enqueue", lambda job_id, stage: sent.append((str(job_id), stage.name)) or True)
    return sent


@pytest.fixture
def people() -> Cast:
    return cast()
