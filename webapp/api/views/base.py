"""What every address of the API shares: its token, its quota, its words for errors, and when it will go away."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.http import http_date
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from webapp.accounts.actors import Actor
from webapp.api.bearer import Access
from webapp.api.errors import InvalidQuery
from webapp.api.paging import Page, page_of
from webapp.api.problems import field_errors
from webapp.api.serializers.strict import NoQuery, StrictSerializer
from webapp.api.throttling import Quota, caller_by_address, quota_use, require_quota

Row = TypeVar("Row", bound=Model)


class ApiView(APIView):
    """`scopes`: which one each method needs · `query`: what a GET may ask for in its address, other methods nothing.

    `deprecated_at`, `sunset_at`: RFC 9745 and RFC 8594.
    """

    scopes: ClassVar[dict[str, str]] = {}
    takes_any_query: ClassVar[bool] = False
    query: ClassVar[type[StrictSerializer]] = NoQuery
    deprecated_at: ClassVar[datetime | None] = None
    sunset_at: ClassVar[datetime | None] = None
    quota: Quota | None = None
    asked: dict[str, Any]

    @property
    def access(self) -> Access:
        access = self.request.auth
        assert isinstance(access, Access)
        return access

    @property
    def actor(self) -> Actor:
        return self.access.actor

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Counted before anything is looked up, and also where there is no good token."""
        try:
            access = request.auth
        except Exception:
            self._count(caller_by_address(request._request))
            raise
        self._count(access.caller if isinstance(access, Access) else caller_by_address(request._request))
        super().initial(request, *args, **kwargs)
        # What the address does not take at all is told first: 405, by the framework.
        if not self.takes_any_query and self._takes(request):
            self.asked = query_of(request._request, self.query if request.method in ("GET", "HEAD") else NoQuery)

    def _takes(self, request: Request) -> bool:
        method = str(request.method).lower()
        return method in self.http_method_names and hasattr(self, "get" if method == "head" else method)

    def _count(self, caller: str) -> None:
        self.quota = quota_use(caller)
        require_quota(self.quota)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        done = super().finalize_response(request, response, *args, **kwargs)
        if self.quota is not None:
            self.quota.tell(done)
        if self.deprecated_at is not None:
            done["Deprecation"] = f"@{int(self.deprecated_at.timestamp())}"
        if self.sunset_at is not None:
            done["Sunset"] = http_date(self.sunset_at.timestamp())
        return done

    def body(self, serializer: type[StrictSerializer]) -> dict[str, Any]:
        """Raises InvalidFields (422) through the handler of errors."""
        checked = serializer(data=self.request.data)
        checked.is_valid(raise_exception=True)
        found: dict[str, Any] = checked.validated_data
        return found

    def page(self, rows: "QuerySet[Row]", *, by: tuple[str, ...], is_rising: bool = False) -> Page[Row]:
        limit, cursor = self.asked["limit"], self.asked.get("cursor", "")
        return page_of(self.request._request, rows, by=by, limit=limit, cursor=cursor, is_rising=is_rising)


def query_of(request: HttpRequest, serializer: type[StrictSerializer]) -> dict[str, Any]:
    """Each parameter once, and none that nobody defined. Raises InvalidQuery (400)."""
    given = {name: values[0] if len(values) == 1 else values for name, values in request.GET.lists()}
    checked = serializer(data=given)
    try:
        checked.is_valid(raise_exception=True)
    except serializers.ValidationError as error:
        found = tuple(field.as_parameter() for field in field_errors(error.detail))
        raise InvalidQuery(fields=found) from error
    values: dict[str, Any] = checked.validated_data
    return values


def listed(page: Page[Row], present: Callable[[Row], Any]) -> Response:
    """`{"items", "next"}`, and the next page as a Link (RFC 8288)."""
    body = {"items": [present(row) for row in page.rows], "next": page.next_url}
    headers = {"Link": f'<{page.next_url}>; rel="next"'} if page.next_url else None
    return Response(body, headers=headers)
