"""Quotas of one test are nothing to the next."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def fresh_quota() -> None:
    cache.clear()
