"""The audit log as CSV (RFC 4180). It leaves the house, so objects go by id alone: no title is in it."""

import csv
import io
import json
from collections.abc import Iterable

from webapp.audit.models import AuditEvent

COLUMNS = ("row", "at", "who", "who_id", "action", "object_type", "object_id", "address", "detail", "hash")
# A spreadsheet takes a cell that begins with one of these for a formula, also after blanks (OWASP, CSV injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def events_as_csv(events: Iterable[AuditEvent]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    writer.writerows([safe_cell(cell) for cell in _cells(event)] for event in events)
    return out.getvalue()


def safe_cell(text: str) -> str:
    """Marked as text where a spreadsheet would compute it."""
    is_formula = text.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS)
    return f"'{text}" if is_formula else text


def _cells(event: AuditEvent) -> tuple[str, ...]:
    return (
        str(event.sequence),
        event.at.isoformat(timespec="microseconds"),
        event.actor_email,
        event.actor_id,
        event.action,
        event.object_type,
        event.object_id,
        event.ip_address,
        json.dumps(event.detail, ensure_ascii=False, sort_keys=True),
        event.hash,
    )
