"""ApplicationError becomes problem+json for programs and a page for people."""

import json
import pickle

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory

from webapp.lib import errors
from webapp.lib.http import ApplicationErrorMiddleware, problem, server_error, wants_json

ALL_ERRORS = [
    errors.NotFound,
    errors.SignInNeeded,
    errors.PermissionRefused,
    errors.Conflict,
    errors.InvalidInput,
    errors.TooLarge,
    errors.TooManyAttempts,
    errors.StorageFull,
    errors.ServiceUnavailable,
]


def respond(request: HttpRequest, error: Exception) -> HttpResponse | None:
    middleware = ApplicationErrorMiddleware(lambda _: HttpResponse())
    return middleware.process_exception(request, error)


@pytest.mark.parametrize("kind", ALL_ERRORS)
def test_an_error_survives_pickling(kind: type[errors.ApplicationError]) -> None:
    error = pickle.loads(pickle.dumps(kind("what happened", "what_code")))
    assert (error.message, error.code, error.status) == ("what happened", "what_code", kind.status)


@pytest.mark.parametrize("kind", ALL_ERRORS)
def test_the_docstring_is_the_default_sentence(kind: type[errors.ApplicationError]) -> None:
    assert kind().message == kind.__doc__.strip()


def test_a_problem_has_the_members_of_rfc_9457() -> None:
    response = problem(errors.Conflict("Already there.", "twice"), instance="/uploads/1")
    assert response.status_code == 409
    assert response["Content-Type"] == "application/problem+json"
    assert json.loads(response.content) == {
        "type": "urn:debrief:problem:twice",
        "title": "Conflict",
        "status": 409,
        "detail": "Already there.",
        "instance": "/uploads/1",
        "code": "twice",
    }


@pytest.mark.parametrize(
    ("path", "accept", "expected"),
    [
        ("/", "text/html,application/xhtml+xml", False),
        ("/", "*/*", False),
        ("/", "application/json", True),
        ("/", "application/problem+json", True),
        ("/", "text/html,application/json", False),
        ("/uploads/7", "*/*", True),
        ("/api/v1/videos", "text/html", True),
    ],
)
def test_programs_are_told_from_people(path: str, accept: str, expected: bool) -> None:
    assert wants_json(RequestFactory().get(path, headers={"Accept": accept})) is expected


def test_a_person_gets_a_page_without_markup_from_the_message() -> None:
    request = RequestFactory().get("/", headers={"Accept": "text/html"})
    response = respond(request, errors.InvalidInput("<script>alert(1)</script>"))
    assert response is not None
    assert response.status_code == 422
    assert b"<script>alert" not in response.content
    assert b"&lt;script&gt;" in response.content


@pytest.mark.parametrize(("raised", "status"), [(Http404(), 404), (PermissionDenied("No."), 403)])
def test_djangos_own_refusals_are_problems_for_programs(raised: Exception, status: int) -> None:
    response = respond(RequestFactory().get("/api/x"), raised)
    assert response is not None
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")


def test_djangos_own_refusals_keep_their_pages_for_people() -> None:
    assert respond(RequestFactory().get("/", headers={"Accept": "text/html"}), Http404()) is None


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_busy_database_is_said_and_can_be_tried_again(accept: str) -> None:
    request = RequestFactory().get("/", headers={"Accept": accept})
    try:
        raise OperationalError("database is locked")
    except OperationalError:
        response = server_error(request)
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert b"database is busy" in response.content


def test_an_unknown_address_is_a_problem_for_programs(client) -> None:
    response = client.get("/api/no-such-thing")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_waiting_helps_when_the_service_is_unavailable() -> None:
    assert int(problem(errors.ServiceUnavailable())["Retry-After"]) > 0
