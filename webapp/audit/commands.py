"""The command line in the audit log: one row for a command that reads or changes what belongs to somebody."""

from typing import Any

from webapp.accounts.actors import command_actor
from webapp.accounts.models import Hospital
from webapp.audit.actions import Action
from webapp.audit.services import audit_record


def audit_command(
    action: Action, *, hospital: Hospital | None = None, object_type: str = "", object_id: str = "", **detail: Any
) -> None:
    """In the hospital's chain, or in the site's own where a command concerns no hospital."""
    audit_record(
        action=action,
        actor=command_actor(),
        hospital=hospital,
        object_type=object_type,
        object_id=object_id,
        detail=detail,
    )
