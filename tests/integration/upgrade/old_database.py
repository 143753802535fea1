"""A database as commit 8440ee7 left it, which the commits after it have to carry over. Run as a process of its own.

    python -m tests.integration.upgrade.old_database    makes it, in DATABASE_URL or DEBRIEF_VAR

The rows were written by that commit's own services (two hospitals, contents that people share, a timeline that was
made anew for one of them only, answers with claims, work under way) and are inserted into the schema of its migrations.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import django
from django.db import connection, models, transaction
from django.db.migrations.executor import MigrationExecutor

ROWS = Path(__file__).with_name("rows_8440ee7.jsonl")
NEWEST_MIGRATIONS = [
    ("accounts", "0001_initial"),
    ("audit", "0002_rows_are_immutable"),
    ("conversations", "0002_branches_and_request_keys"),
    ("jobs", "0001_initial"),
    ("videos", "0004_video_is_text_covered"),
]


def old_rows() -> list[tuple[str, dict[str, Any]]]:
    """("app.Model", {column: value})"""
    return [tuple(json.loads(line)) for line in ROWS.read_text(encoding="utf-8").splitlines()]


def make() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(NEWEST_MIGRATIONS)
    apps = MigrationExecutor(connection).loader.project_state(NEWEST_MIGRATIONS).apps
    # Rows point at one another in loops; the database looks at the end.
    with transaction.atomic():
        for label, columns in old_rows():
            _insert(apps.get_model(label), columns)


def _insert(model: type[models.Model], columns: dict[str, Any]) -> None:
    row = model(**{field.attname: _value(field, columns[field.attname]) for field in model._meta.concrete_fields})
    models.Model.save_base(row, raw=True, force_insert=True)


def _value(field: "models.Field[Any, Any]", value: Any) -> Any:
    if isinstance(field, models.DateTimeField) and value is not None:
        return datetime.fromisoformat(value)
    return value if isinstance(field, models.JSONField) else field.to_python(value)


if __name__ == "__main__":
    django.setup()
    make()
