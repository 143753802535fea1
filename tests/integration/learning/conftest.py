"""The cast of a conversation, and a broker that nobody listens to."""

import pytest
import redis
from django.conf import settings

from tests.integration.conversations.cast import Cast, make_cast


@pytest.fixture(autouse=True)
def _empty_streams() -> None:
    redis.Redis.from_url(settings.STREAMS_URL).flushdb()


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def live_cast(transactional_db: None) -> Cast:
    """Committed rows, for whoever reads them from another thread; what runs after commit does run."""
    return make_cast()
