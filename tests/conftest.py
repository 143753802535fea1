"""The cast and what every test may ask for; skip on a laptop, fail in CI."""

from pathlib import Path

import pytest
import pytest_django

from tests.environment import IN_CI, ROOT, free_port

__all__ = ["ROOT", "free_port", "skip_or_fail"]


def skip_or_fail(reason: str, *, ci_can_install: bool = True) -> None:
    """A missing part skips with a loud reason on a laptop and fails where CI can install it."""
    if IN_CI and ci_can_install:
        pytest.fail(f"missing in CI: {reason}", pytrace=False)
    pytest.skip(f"SKIPPED, not tested: {reason}")


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The real surgical data beside the checkout, if it is there."""
    from django.conf import settings

    if not settings.DATA_DIR.is_dir():
        skip_or_fail(f"no surgical data at {settings.DATA_DIR} (set DEBRIEF_DATA)", ci_can_install=False)
    return Path(settings.DATA_DIR)


@pytest.fixture(autouse=True)
def cheap_passwords(settings: "pytest_django.fixtures.SettingsWrapper") -> None:
    """Argon2 is slow on purpose, and every test signs somebody in."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: "pytest_django.DjangoDbBlocker") -> None:
    """Audit rows refuse to be deleted, and emptying the tables after a test would have to. Tests of the refusal
    put the triggers back for themselves."""
    from django.db import connection

    from webapp.audit.triggers import triggers_drop

    with django_db_blocker.unblock():
        triggers_drop(connection)
