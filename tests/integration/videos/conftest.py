"""The cast: Alice owns, Bob is her colleague in another department's eyes, Charlie works elsewhere."""

from pathlib import Path
from typing import Any

import pytest

from tests.factories import MembershipFactory
from tests.tus import Tus
from webapp.accounts.models import User
from webapp.jobs import queue


@pytest.fixture(autouse=True)
def own_storage(settings: Any, tmp_path: Path) -> Path:
    settings.STORAGE_DIR = tmp_path / "storage"
    settings.DISK_RESERVE_BYTES = 0
    return settings.STORAGE_DIR


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of jobs that would have gone to the broker."""
    job_ids: list[str] = []
    monkeypatch.setattr(queue, "enqueue", lambda job_id, _stage: job_ids.append(str(job_id)) or True)
    return job_ids


@pytest.fixture
def alice(db: None) -> User:
    return MembershipFactory(user__name="Alice").user


@pytest.fixture
def bob(alice: User) -> User:
    return MembershipFactory(user__name="Bob", hospital=alice.memberships.get().hospital).user


@pytest.fixture
def charlie(db: None) -> User:
    return MembershipFactory(user__name="Charlie").user


@pytest.fixture
def admin(alice: User) -> User:
    return MembershipFactory(user__name="Ada", hospital=alice.memberships.get().hospital, role="admin").user


@pytest.fixture
def tus(alice: User) -> Tus:
    return Tus(alice)
