"""What the objects of audit rows are called, looked up when a row is shown: rows themselves hold ids alone.

The app that owns a type of object registers how its objects are named. What is gone has no name any more.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator

from webapp.audit.models import AuditEvent

# From the id of the hospital whose chain it is, and ids of objects, to words by id. Another hospital's are not named.
Namer = Callable[[str, Collection[str]], dict[str, str]]
ObjectKey = tuple[str, str]
_namers: dict[str, Namer] = {}


def names_register(object_type: str, namer: Namer) -> None:
    _namers[object_type] = namer


def names_of(hospital_id: str, events: Iterable[AuditEvent]) -> dict[ObjectKey, str]:
    """By type and id; one look-up a type."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for event in events:
        for object_type, object_id in keys_of(event):
            wanted[object_type].add(object_id)
    return {
        (object_type, object_id): words
        for object_type, ids in wanted.items()
        if object_type in _namers
        for object_id, words in _namers[object_type](hospital_id, ids).items()
    }


def keys_of(event: AuditEvent) -> Iterator[ObjectKey]:
    """Each object that a row speaks of: its own, or the videos that a list showed."""
    if event.object_id:
        yield event.object_type, event.object_id
    for video_id in event.detail.get("videos", []):
        yield "video", str(video_id)


def has_names(object_type: str) -> bool:
    return object_type in _namers


def uuids(ids: Collection[str]) -> list[uuid.UUID]:
    """Those that are any."""
    return [found for text in ids if (found := _uuid(text)) is not None]


def numbers(ids: Collection[str]) -> list[int]:
    return [int(text) for text in ids if text.isascii() and text.isdigit() and len(text) < 19]


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
