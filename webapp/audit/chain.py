"""The hash chain of the audit log: what is hashed, and in which exact bytes.

Values are made plain before they are stored, so that a row read back from SQLite or PostgreSQL gives the same bytes.
"""

import hashlib
import json
import math
from datetime import UTC
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from webapp.audit.models import AuditEvent

HASHED_FIELDS = (
    "sequence",
    "hospital_id",
    "actor_id",
    "actor_email",
    "action",
    "object_type",
    "object_id",
    "ip_address",
    "detail",
)
# jsonb keeps numbers as decimals: six places survive the way there and back.
DECIMAL_PLACES = 6
MAX_EXACT_INTEGER = 2**53
MAX_TEXT_CHARS = 2000


def event_hash(event: "AuditEvent") -> str:
    """SHA-256 (hex) over the hash of the row before and the canonical JSON of this row."""
    content = {name: getattr(event, name) for name in HASHED_FIELDS}
    content["at"] = event.at.astimezone(UTC).isoformat(timespec="microseconds")
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(f"{event.previous_hash}\n{text}".encode("ascii")).hexdigest()


def plain(value: Any) -> Any:
    """The value as JSON can carry it through any database: text, whole numbers, short decimals, lists, mappings."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) <= MAX_EXACT_INTEGER else str(value)
    if isinstance(value, float):
        return _plain_float(value)
    if isinstance(value, dict):
        return {plain_text(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    return plain_text(str(value))


def plain_text(text: str, *, max_chars: int = MAX_TEXT_CHARS) -> str:
    """Without what PostgreSQL refuses (NUL, lone surrogates), cut to `max_chars`."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")[:max_chars]


def _plain_float(value: float) -> int | float | str:
    if not math.isfinite(value) or abs(value) > MAX_EXACT_INTEGER:
        return str(value)
    rounded = round(value, DECIMAL_PLACES)
    return int(rounded) if rounded.is_integer() else rounded
