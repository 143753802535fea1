"""settings.REST_FRAMEWORK["EXCEPTION_HANDLER"]: whatever a view raises, as problem+json (RFC 9457)."""

import json
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions

from webapp.api import errors
from webapp.api.errors import FieldError, InvalidFields, QuotaExceeded
from webapp.lib.errors import ApplicationError, NotFound, PermissionRefused, SignInNeeded, TooLarge
from webapp.lib.http import problem

# The registry of RFC 9457, section 4.2; the rate limit draft registers it.
QUOTA_EXCEEDED_TYPE = "https://iana.org/assignments/http-problem-types#quota-exceeded"
_KNOWN: tuple[tuple[type[Exception], type[ApplicationError]], ...] = (
    (Http404, NotFound),
    (PermissionDenied, PermissionRefused),
    (RequestDataTooBig, TooLarge),
    (exceptions.NotAuthenticated, SignInNeeded),
    (exceptions.AuthenticationFailed, SignInNeeded),
    (exceptions.MethodNotAllowed, errors.WrongMethod),
    (exceptions.NotAcceptable, errors.NotAcceptable),
    (exceptions.UnsupportedMediaType, errors.WrongType),
    (exceptions.ParseError, errors.BadRequest),
)


def problem_handler(exception: Exception, context: dict[str, Any]) -> JsonResponse | None:
    """None for what is nobody's fault but ours: Django's handler500 tells the rest."""
    error = application_error(exception)
    return None if error is None else problem_response(error, context["request"])


def application_error(exception: Exception) -> ApplicationError | None:
    if isinstance(exception, ApplicationError):
        return exception
    if isinstance(exception, exceptions.ValidationError):
        return InvalidFields(fields=tuple(field_errors(exception.detail)))
    for known, ours in _KNOWN:
        if isinstance(exception, known):
            return ours()
    return None


def problem_response(error: ApplicationError, request: HttpRequest) -> JsonResponse:
    response = problem(error, instance=request.path)
    if error.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="debrief"'
    if isinstance(error, InvalidFields) and error.fields:
        return _with_members(response, errors=[field.as_member() for field in error.fields])
    if isinstance(error, QuotaExceeded):
        response["Retry-After"] = str(error.wait_s)
        return _with_members(response, type=QUOTA_EXCEEDED_TYPE)
    return response


def field_errors(detail: Any, *, at: str = "#") -> Iterator[FieldError]:
    """Of what a serializer found, each with the JSON pointer of its place."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            is_whole = name == "non_field_errors"
            yield from field_errors(inner, at=at if is_whole else f"{at}/{escaped(str(name))}")
    elif isinstance(detail, list) and any(isinstance(inner, dict | list) for inner in detail):
        for index, inner in enumerate(detail):
            yield from field_errors(inner, at=f"{at}/{index}")
    else:
        for sentence in detail if isinstance(detail, list) else [detail]:
            yield FieldError(detail=str(sentence), pointer=at)


def escaped(name: str) -> str:
    """RFC 6901, section 3."""
    return name.replace("~", "~0").replace("/", "~1")


def _with_members(response: JsonResponse, **members: Any) -> JsonResponse:
    body = json.loads(response.content) | members
    response.content = json.dumps(body).encode()
    return response
