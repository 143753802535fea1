"""The rows hold on the database the run was asked for."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_run_uses_the_database_that_was_asked_for(request: pytest.FixtureRequest) -> None:
    wanted = "postgresql" if request.config.getoption("--postgres") else "sqlite"
    assert connection.vendor == wanted


@pytest.mark.django_db
def test_sqlite_waits_for_a_lock_and_writes_ahead() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's own settings")
    options = connection.settings_dict["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert options["timeout"] >= 10
