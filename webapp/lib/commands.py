"""What every command of ours shares: it needs the database as this version knows it, and says so in one sentence."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from webapp.lib.health import NOT_REACHED, check_migrations


class DatabaseCommand(BaseCommand):
    """A command that cannot begin on a fresh clone, or before the database was brought to this version."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        require_database()
        return super().execute(*args, **options)


def require_database() -> None:
    """Raises CommandError."""
    try:
        check_migrations()
    except DatabaseError as error:
        raise CommandError(f"Not done: {NOT_REACHED} ({error}).") from error
    except RuntimeError as error:
        raise CommandError(f"Not done: {error}.") from error
