"""Lists by cursor: a page begins behind the last row of the one before, whatever was added or removed meanwhile.

A cursor is signed, and good only for the list and the filters it was made for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from webapp.lib.errors import NotFound

Row = TypeVar("Row", bound=Model)
PAGE_SIZE, PAGE_MAX = 50, 200
SALT = "webapp.api.paging"
_READ: dict[str, Callable[[str], Any]] = {"datetime": datetime.fromisoformat, "date": date.fromisoformat, "uuid": UUID}


class NoSuchPage(NotFound):
    """This cursor was not made for this list. Begin again without one."""

    default_code = "bad_cursor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Row]):
    """`next_url` is None on the last page."""

    rows: list[Row]
    next_url: str | None


def page_of(
    request: HttpRequest,
    rows: "QuerySet[Row]",
    *,
    by: Sequence[str],
    limit: int,
    cursor: str = "",
    is_rising: bool = False,
    cursor_name: str = "cursor",
) -> Page[Row]:
    """Of `rows` in the order of the fields `by`; the last one tells any two rows apart. Falling unless `is_rising`.

    Raises NoSuchPage for a cursor that was not made here for this list.
    """
    list_name = _list_name(request)
    if cursor:
        rows = rows.filter(_behind(by, _position(cursor, list_name, len(by)), is_rising=is_rising))
    ordered = rows.order_by(*(name if is_rising else f"-{name}" for name in by))
    found = list(ordered[: limit + 1])
    if len(found) <= limit:
        return Page(rows=found, next_url=None)
    return Page(rows=found[:limit], next_url=_next_url(request, cursor_name, _cursor(found[limit - 1], by, list_name)))


def _behind(by: Sequence[str], position: Sequence[Any], *, is_rising: bool) -> Q:
    """Rows after `position` in the order of all fields, the first deciding first."""
    lookup = "gt" if is_rising else "lt"
    steps = []
    for index, name in enumerate(by):
        same = {by[before]: position[before] for before in range(index)}
        steps.append(Q(**same, **{f"{name}__{lookup}": position[index]}))
    return reduce(Q.__or__, steps)


def _cursor(row: Model, by: Sequence[str], list_name: str) -> str:
    values = [_plain(getattr(row, name)) for name in by]
    return signing.dumps([list_name, *values], salt=SALT, compress=False)


def _position(cursor: str, list_name: str, num_fields: int) -> list[Any]:
    try:
        made_for, *values = signing.loads(cursor, salt=SALT)
    except (signing.BadSignature, ValueError):
        made_for, values = "", []
    if made_for != list_name or len(values) != num_fields:
        raise NoSuchPage
    return [_READ[kind](text) if kind in _READ else text for kind, text in values]


def _plain(value: Any) -> tuple[str, Any]:
    kind = type(value).__name__.lower()
    return kind, str(value) if kind in _READ else value


def _list_name(request: HttpRequest) -> str:
    query = request.GET.copy()
    for name in ("cursor", "limit", "_cursor", "_count"):
        query.pop(name, None)
    return f"{request.path}?{query.urlencode()}"


def _next_url(request: HttpRequest, name: str, cursor: str) -> str:
    query = request.GET.copy()
    query[name] = cursor
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
