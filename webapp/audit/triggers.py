"""The database's own refusal to change audit rows, for writers that do not come through the models."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

REFUSAL = "audit rows are only ever added"

SQLITE_CREATE = (
    f"""CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_auditevent
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    f"""CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_auditevent
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    f"""CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_audithead
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    f"""CREATE TRIGGER audit_head_no_step_back BEFORE UPDATE ON audit_audithead
        WHEN NEW.sequence <> OLD.sequence + 1 OR NEW.hospital_id <> OLD.hospital_id
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
)
SQLITE_DROP = (
    "DROP TRIGGER IF EXISTS audit_event_no_update",
    "DROP TRIGGER IF EXISTS audit_event_no_delete",
    "DROP TRIGGER IF EXISTS audit_head_no_delete",
    "DROP TRIGGER IF EXISTS audit_head_no_step_back",
)
POSTGRES_CREATE = (
    f"""CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$""",
    """CREATE TRIGGER audit_event_unchanged BEFORE UPDATE OR DELETE ON audit_auditevent
        FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
    """CREATE TRIGGER audit_event_untruncated BEFORE TRUNCATE ON audit_auditevent
        FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()""",
    """CREATE TRIGGER audit_head_kept BEFORE DELETE ON audit_audithead
        FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
    """CREATE TRIGGER audit_head_untruncated BEFORE TRUNCATE ON audit_audithead
        FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()""",
    """CREATE TRIGGER audit_head_no_step_back BEFORE UPDATE ON audit_audithead
        FOR EACH ROW WHEN (NEW.sequence <> OLD.sequence + 1 OR NEW.hospital_id <> OLD.hospital_id)
        EXECUTE FUNCTION audit_refuse()""",
)
POSTGRES_DROP = (
    "DROP TRIGGER IF EXISTS audit_event_unchanged ON audit_auditevent",
    "DROP TRIGGER IF EXISTS audit_event_untruncated ON audit_auditevent",
    "DROP TRIGGER IF EXISTS audit_head_kept ON audit_audithead",
    "DROP TRIGGER IF EXISTS audit_head_untruncated ON audit_audithead",
    "DROP TRIGGER IF EXISTS audit_head_no_step_back ON audit_audithead",
    "DROP FUNCTION IF EXISTS audit_refuse()",
)
STATEMENTS = {"sqlite": (SQLITE_CREATE, SQLITE_DROP), "postgresql": (POSTGRES_CREATE, POSTGRES_DROP)}


def triggers_create(connection: BaseDatabaseWrapper) -> None:
    _run(connection, STATEMENTS[connection.vendor][0])


def triggers_drop(connection: BaseDatabaseWrapper) -> None:
    _run(connection, STATEMENTS[connection.vendor][1])


def create_in_migration(_apps: Any, schema_editor: Any) -> None:
    triggers_create(schema_editor.connection)


def drop_in_migration(_apps: Any, schema_editor: Any) -> None:
    triggers_drop(schema_editor.connection)


def _run(connection: BaseDatabaseWrapper, statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
