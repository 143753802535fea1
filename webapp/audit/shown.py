"""Audit rows as the page shows them: the action and the object in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from webapp.audit.actions import Action
from webapp.audit.models import AuditEvent
from webapp.audit.names import ObjectKey, has_names, names_of

GONE = "removed since"
VIDEOS_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEvent:
    event: AuditEvent
    action_words: str
    object_words: str
    type_words: str
    detail: dict[str, Any]


def events_shown(hospital_id: str, events: Iterable[AuditEvent]) -> Iterator[ShownEvent]:
    events = list(events)
    names = names_of(hospital_id, events)
    for event in events:
        yield ShownEvent(
            event=event,
            action_words=str(dict(Action.choices).get(event.action, event.action)),
            object_words=_object_words(event, names),
            type_words=event.object_type.replace("_", " "),
            detail={name: value for name, value in event.detail.items() if value != {} and name != "videos"},
        )


def _object_words(event: AuditEvent, names: dict[ObjectKey, str]) -> str:
    if videos := event.detail.get("videos"):
        return _list_words([names.get(("video", str(video_id)), GONE) for video_id in videos])
    if not event.object_id or not has_names(event.object_type):
        return ""
    return names.get((event.object_type, event.object_id), GONE)


def _list_words(titles: list[str]) -> str:
    named, num_more = ", ".join(titles[:VIDEOS_NAMED]), len(titles) - VIDEOS_NAMED
    return f"{named} and {num_more} more" if num_more > 0 else named
