"""Errors as responses: problem+json (RFC 9457) for programs, templates/error.html for people."""

import sys
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, NotRequired, TypedDict, TypeVar
from urllib.parse import urlsplit

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import defaults

from webapp.lib.errors import ApplicationError, NotFound, PermissionRefused
from webapp.lib.trouble import database_trouble

PROBLEM_CONTENT_TYPE = "application/problem+json"
PROGRAM_PATHS = ("/api/", "/uploads/")
RETRY_AFTER_S = 5
WORTH_ANOTHER_TRY = {409, 503, 507}
DATABASE_BUSY = "The database is busy right now. Nothing was changed; try again in a moment."

AnyResponse = HttpResponseBase
Response = TypeVar("Response", bound=HttpResponseBase)
GetResponse = Callable[[HttpRequest], AnyResponse | Awaitable[AnyResponse]]


class Problem(TypedDict):
    type: str
    title: str
    status: int
    detail: str
    instance: NotRequired[str]
    code: str


def problem_body(error: ApplicationError, *, instance: str = "") -> Problem:
    """The members of RFC 9457 section 3.1, and `code`, which programs can rely on. `instance` is the path."""
    body = Problem(
        type=f"urn:debrief:problem:{error.code}",
        title=title_for(error.status),
        status=error.status,
        detail=error.message,
        code=error.code,
    )
    if instance:
        body["instance"] = instance
    return body


def problem(error: ApplicationError, *, instance: str = "") -> JsonResponse:
    body = problem_body(error, instance=instance)
    response = JsonResponse(body, status=error.status, content_type=PROBLEM_CONTENT_TYPE)
    return _with_retry_after(response, error)


def error_page(request: HttpRequest, error: ApplicationError) -> AnyResponse:
    context = {
        "status": error.status,
        "title": title_for(error.status),
        "message": error.message,
        "code": error.code,
        "again": request.get_full_path() if request.method == "GET" and error.status in WORTH_ANOTHER_TRY else "",
        "back": _form_page(request),
    }
    try:
        text = render_to_string("error.html", context, request=request)
    except (TemplateDoesNotExist, OperationalError):
        return HttpResponse(error.message, status=error.status, content_type="text/plain; charset=utf-8")
    return _with_retry_after(HttpResponse(text, status=error.status), error)


def _form_page(request: HttpRequest) -> str:
    """The page of this host whose form was refused: the address that forms are sent to shows nothing."""
    sent_from = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(sent_from, allowed_hosts={request.get_host()})
    if request.method == "GET" or not is_ours:
        return ""
    return urlsplit(sent_from)._replace(scheme="", netloc="").geturl()


def error_response(request: HttpRequest, error: ApplicationError) -> AnyResponse:
    return problem(error, instance=request.path) if wants_json(request) else error_page(request, error)


def wants_json(request: HttpRequest) -> bool:
    """True for programs: they name JSON in Accept and not HTML, or speak to a path that only programs use."""
    if request.path.startswith(PROGRAM_PATHS):
        return True
    accept = request.headers.get("Accept", "")
    return "json" in accept and "text/html" not in accept


def title_for(status: int) -> str:
    return HTTPStatus(status).phrase


def server_error(request: HttpRequest) -> AnyResponse:
    """handler500 (webapp/urls.py): the last to see what a view or any middleware, the outermost included, raised.

    A database that is locked, full or away is told apart there: it passes, and nothing was changed.
    """
    if isinstance(error := sys.exception(), OperationalError):
        return error_response(request, database_trouble(error, busy=DATABASE_BUSY))
    if wants_json(request):
        return problem(ApplicationError(), instance=request.path)
    return defaults.server_error(request)


class NothingStoredMiddleware:
    """What a view does not mark itself stays on no disk: hospital PCs are shared. Static files are answered above."""

    def __init__(self, get_response: Callable[[HttpRequest], AnyResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> AnyResponse:
        response = self.get_response(request)
        if "no-store" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = "private, no-store"
        return response


class ApplicationErrorMiddleware:
    """Maps ApplicationError from a view; Http404 and PermissionDenied too, for programs.

    For people Django's own 404.html and 403.html stay in charge of the latter two.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        if iscoroutinefunction(self):
            return self._call_async(request)
        response = self.get_response(request)
        return self._unrouted(request, response)

    async def _call_async(self, request: HttpRequest) -> Any:
        response = await self.get_response(request)  # type: ignore[misc]
        return await sync_to_async(self._unrouted)(request, response)

    def process_exception(self, request: HttpRequest, exception: Exception) -> AnyResponse | None:
        if isinstance(exception, ApplicationError):
            return error_response(request, exception)
        if not wants_json(request):
            return None
        if isinstance(exception, Http404):
            return problem(NotFound(), instance=request.path)
        if isinstance(exception, PermissionDenied):
            return problem(PermissionRefused(str(exception)), instance=request.path)
        return None

    def _unrouted(self, request: HttpRequest, response: Any) -> Any:
        """An address that no route knows never reaches a view, so its 404 is only seen here."""
        is_page = response.get("Content-Type", "").startswith("text/html")
        if response.status_code == HTTPStatus.NOT_FOUND and is_page and wants_json(request):
            return problem(NotFound(), instance=request.path)
        return response


def _with_retry_after(response: Response, error: ApplicationError) -> Response:
    if not error.permanent and error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = str(RETRY_AFTER_S)
    return response
