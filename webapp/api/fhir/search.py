"""What can be searched for, and how: of each resource the rows, the parameters that somebody defined, and the order."""

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from webapp.accounts.actors import Actor
from webapp.api.errors import FieldError, InvalidQuery
from webapp.api.fhir import resources, words
from webapp.api.identifiers import videos_identified
from webapp.audit.looks import audit_look
from webapp.audit.selectors import AuditFilter, audit_list_for_admin
from webapp.skills.looks import report_look
from webapp.skills.models import ReportItem, SkillReport
from webapp.skills.selectors import is_open_to, report_list_for_actor
from webapp.videos.looks import library_look
from webapp.videos.selectors import video_list_for_actor

Rows = QuerySet[Any]
Filter = Callable[[Rows, str], Rows]
_DATE = re.compile(r"(eq|ne|gt|lt|ge|le)?(\d{4}(?:-\d{2}(?:-\d{2})?)?)")
_REFERENCE = re.compile(r"(?:(\w+)/)?([A-Za-z0-9.-]{1,80})")
_NAME = {"lt": "__lt", "gt": "__gte", "ge": "__gte", "le": "__lt"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """`by`: the fields that order, the last of which is unique · `look`: the audit row, before anything is shown.

    `present`: of a row whose content is sealed to the caller what is open of it.
    """

    rows: Callable[[Actor], Rows]
    filters: Mapping[str, Filter]
    by: tuple[str, ...]
    look: Callable[[Actor, list[Any]], None]
    present: Callable[[Actor, Any], resources.Resource]
    get: Callable[[Rows, str], Rows]
    # Resources of the same type that hang on a row, and come with it.
    beside: Callable[[Any], list[resources.Resource]] = lambda _row: []


def chosen_rows(searched: Searched, actor: Actor, asked: Mapping[str, str]) -> Rows:
    """Raises InvalidQuery for a parameter that nobody defined, or a value that it cannot have."""
    rows = searched.rows(actor)
    for name, value in asked.items():
        if name not in searched.filters:
            known = ", ".join(sorted(searched.filters))
            raise _wrong(name, f"This is not searched by here. Known: {known}.")
        rows = searched.filters[name](rows, value)
    return rows


def _wrong(name: str, detail: str) -> InvalidQuery:
    return InvalidQuery(fields=(FieldError(detail=detail, parameter=name),))


def _by_date(field: str) -> Filter:
    """A day, month or year, with a comparison before it (eq, ne, gt, lt, ge, le)."""

    def narrow(rows: Rows, value: str) -> Rows:
        match = _DATE.fullmatch(value)
        if match is None:
            raise _wrong("date", "Give a year, month or day, such as ge2026-05-01.")
        start, end = _span(match[2])
        return rows.filter(_between(field, match[1] or "eq", start, end))

    return narrow


def _between(field: str, how: str, start: datetime, end: datetime) -> Q:
    inside = Q(**{f"{field}__gte": start, f"{field}__lt": end})
    if how in ("eq", "ne"):
        return inside if how == "eq" else ~inside
    bound = start if how in ("lt", "ge") else end
    return Q(**{f"{field}{_NAME[how]}": bound})


def _span(text: str) -> tuple[datetime, datetime]:
    """The first moment of it, and the first that is not of it any more."""
    parts = [int(part) for part in text.split("-")]
    try:
        first = date(*[*parts, 1, 1][:3])
    except ValueError as error:
        raise _wrong("date", "There is no such day.") from error
    if len(parts) == 3:
        after = first + timedelta(days=1)
    elif len(parts) == 2:
        after = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    else:
        after = date(first.year + 1, 1, 1) if first.year < 9999 else date.max
    return _midnight(first), _midnight(after)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))


def _by_status(table: dict[str, str], field: str) -> Filter:
    def narrow(rows: Rows, value: str) -> Rows:
        wanted = [state for status in value.split(",") for state in words.states_of(table, status)]
        return rows.filter(**{f"{field}__in": wanted})

    return narrow


def _by_uuid(field: str) -> Filter:
    """An id, or a reference such as Media/…"""

    def narrow(rows: Rows, value: str) -> Rows:
        match = _REFERENCE.fullmatch(value)
        return rows.filter(**{field: _uuid(match[2])}) if match else rows.none()

    return narrow


def _uuid(text: str) -> uuid.UUID:
    """One that is in no row for what is none: what nobody has is found nowhere."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)


def _by_identifier(rows: Rows, value: str) -> Rows:
    """`system|value`, or the value alone."""
    system, bar, number = value.rpartition("|")
    if not number:
        raise _wrong("identifier", "Give system|value, or the value alone.")
    return videos_identified(rows, system=system if bar else "", value=number)


def _report_items(actor: Actor) -> Rows:
    """Of reports whose content is open to the caller."""
    mine = report_list_for_actor(actor)
    is_open = Q(report__surgeon=actor.person) | Q(report__sights__person=actor.person)
    items = ReportItem.objects.filter(is_open, report__in=mine).distinct()
    return items.select_related("item", "report__rubric", "report__video__content").prefetch_related(
        "report__revisions", "report__models__version"
    )


def _item_by_id(rows: Rows, value: str) -> Rows:
    report_id, _, item_id = value.partition(".")
    if not (item_id.isascii() and item_id.isdigit() and len(item_id) < 18):
        return rows.none()
    return rows.filter(report_id=_uuid(report_id), pk=int(item_id))


def _task_by_id(rows: Rows, value: str) -> Rows:
    """Of a report that waits for its readers, or of an appeal against it."""
    return rows.filter(Q(pk=_uuid(value)) | Q(appeals__pk=_uuid(value)))


def _by_number(rows: Rows, value: str) -> Rows:
    is_number = value.isascii() and value.isdigit() and len(value) < 18
    return rows.filter(sequence=int(value)) if is_number else rows.none()


def _whole_reports(actor: Actor) -> Rows:
    reports = report_list_for_actor(actor)
    return reports.prefetch_related("revisions", "items__item", "models__version", "sights")


def _look_at_reports(actor: Actor, rows: list[SkillReport]) -> None:
    for report in rows:
        if is_open_to(actor, report):
            report_look(actor, report)


def _look_at_items(actor: Actor, rows: list[ReportItem]) -> None:
    _look_at_reports(actor, list({item.report_id: item.report for item in rows}.values()))


SEARCHED: dict[str, Searched] = {
    "Media": Searched(
        rows=lambda actor: video_list_for_actor(actor).prefetch_related("identifiers"),
        filters={
            "_id": _by_uuid("pk"),
            "identifier": _by_identifier,
            "status": _by_status(words.MEDIA_STATUS, "status"),
            "created": _by_date("created_at"),
        },
        by=("created_at", "pk"),
        look=library_look,
        present=lambda _actor, video: resources.media(video),
        get=lambda rows, value: rows.filter(pk=_uuid(value)),
    ),
    "DiagnosticReport": Searched(
        rows=_whole_reports,
        filters={
            "_id": _by_uuid("pk"),
            "status": _by_status(words.REPORT_STATUS, "state"),
            "date": _by_date("created_at"),
            "media": _by_uuid("video_id"),
        },
        by=("created_at", "pk"),
        look=_look_at_reports,
        present=lambda actor, report: resources.diagnostic_report(report, is_open=is_open_to(actor, report)),
        get=lambda rows, value: rows.filter(pk=_uuid(value)),
    ),
    "Observation": Searched(
        rows=_report_items,
        filters={
            "_id": _item_by_id,
            "status": _by_status(words.REPORT_STATUS, "report__state"),
            "derived-from": _by_uuid("report__video_id"),
        },
        by=("pk",),
        look=_look_at_items,
        present=lambda _actor, item: resources.observation(item.report, item),
        get=_item_by_id,
    ),
    "Task": Searched(
        rows=lambda actor: (
            report_list_for_actor(actor).exclude(submitted_at=None).prefetch_related("appeals").distinct()
        ),
        filters={"_id": _task_by_id, "focus": _by_uuid("pk")},
        by=("created_at", "pk"),
        look=lambda actor, rows: library_look(actor, [report.video for report in rows]),
        present=lambda _actor, report: resources.review_task(report),
        get=_task_by_id,
        beside=lambda report: [resources.appeal_task(appeal) for appeal in report.appeals.all()],
    ),
    "Provenance": Searched(
        rows=lambda actor: (
            _whole_reports(actor).filter(Q(surgeon=actor.person) | Q(sights__person=actor.person)).distinct()
        ),
        filters={"_id": _by_uuid("pk"), "target": _by_uuid("pk")},
        by=("created_at", "pk"),
        look=_look_at_reports,
        present=lambda _actor, report: resources.provenance(report),
        get=lambda rows, value: rows.filter(pk=_uuid(value)),
    ),
    "AuditEvent": Searched(
        rows=lambda actor: audit_list_for_admin(actor, AuditFilter()),
        filters={"_id": _by_number, "date": _by_date("at")},
        by=("sequence",),
        look=lambda actor, _rows: audit_look(actor, AuditFilter()),
        present=lambda _actor, event: resources.audit_event(event),
        get=_by_number,
    ),
}
