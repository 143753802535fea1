"""Revisions of what was seen in a content: added, never changed, removed once they are neither newest nor cited."""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import TypedDict

from django.db import transaction
from django.db.models import Exists, ForeignObjectRel, Model, OuterRef, ProtectedError, QuerySet

from webapp.lib.labels import require_known
from webapp.videos.models import Content, Timeline, TimelineFact

MAX_REMOVED_AT_ONCE = 1000


class FactFields(TypedDict):
    lane: str
    label: str
    start_s: float
    end_s: float
    probability: float


def timeline_add(content: Content, *, made_by: Mapping[str, str], facts: Iterable[FactFields]) -> Timeline:
    """The newest revision from now on. The same facts of the same models are the revision that is there already.

    Raises ApplicationError for a label that the page has no word for: worker and web are of different versions then.
    """
    found = [TimelineFact(**fields) for fields in inside_video(facts, content.duration_s)]
    for fact in found:
        require_known(fact.lane, fact.label)
    with transaction.atomic():
        Content.objects.select_for_update().get(pk=content.pk)
        newest = content.timelines.first()
        if newest is not None and newest.made_by == made_by and _seen(newest.facts.all()) == _seen(found):
            return newest
        number = newest.number + 1 if newest is not None else 1
        timeline = Timeline.objects.create(content=content, number=number, made_by=dict(made_by))
        for fact in found:
            fact.timeline = timeline
        TimelineFact.objects.bulk_create(found, batch_size=500)
    return timeline


def inside_video(facts: Iterable[FactFields], duration_s: float | None) -> list[FactFields]:
    """Models look once a second, and the last of these seconds may be longer than the video."""
    last_s = math.inf if duration_s is None else duration_s
    cut = [FactFields(**{**fields, "end_s": min(fields["end_s"], last_s)}) for fields in facts]
    return [fields for fields in cut if fields["start_s"] < fields["end_s"]]


def timelines_remove_uncited() -> int:
    """Returns how many revisions were removed: older than the newest of their content, and cited by nothing."""
    newer = Timeline.objects.filter(content=OuterRef("content"), number__gt=OuterRef("number"))
    uncited = Timeline.objects.filter(Exists(newer), *(~Exists(rows) for rows in _citations()))
    return sum(_remove(timeline) for timeline in uncited.order_by("created_at")[:MAX_REMOVED_AT_ONCE])


def _seen(facts: Iterable[TimelineFact]) -> list[tuple[str, str, float, float, float]]:
    return sorted((fact.lane, fact.label, fact.start_s, fact.end_s, fact.probability) for fact in facts)


def _citations() -> "Iterator[QuerySet[Model]]":
    """The rows of other apps that point at the revision of the outer query, or at one of its facts."""
    for relation in _pointing_at(Timeline):
        if relation.related_model is not TimelineFact:
            yield _rows(relation, relation.field.name)
    for relation in _pointing_at(TimelineFact):
        yield _rows(relation, f"{relation.field.name}__timeline")


def _pointing_at(model: type[Model]) -> list[ForeignObjectRel]:
    fields = model._meta.get_fields(include_hidden=True)
    return [field for field in fields if isinstance(field, ForeignObjectRel) and not field.many_to_many]


def _rows(relation: ForeignObjectRel, lookup: str) -> "QuerySet[Model]":
    return relation.related_model._base_manager.filter(**{lookup: OuterRef("pk")})


def _remove(timeline: Timeline) -> bool:
    try:
        timeline.delete()
    except ProtectedError:
        # Cited since it was looked at.
        return False
    return True
