"""What a line about a request says: nothing that its caller could make up, nothing that people searched for."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from structlog.contextvars import clear_contextvars, get_contextvars
from structlog.testing import capture_logs

from webapp.lib.request_log import RequestLogMiddleware

MADE_UP = {"X-Forwarded-For": "6.6.6.6", "X-Real-IP": "6.6.6.6", "Forwarded": "for=6.6.6.6"}


def told_of(request: HttpRequest) -> str:
    """All that its lines hold."""
    bound: list[object] = []

    def answer(_request: HttpRequest) -> HttpResponse:
        bound.append(get_contextvars())
        return HttpResponse()

    clear_contextvars()
    with capture_logs() as lines:
        RequestLogMiddleware(answer)(request)
    return f"{bound} {lines}"


@pytest.mark.parametrize("num_proxies", [0, 1])
def test_the_address_is_the_one_that_sign_in_limits_and_audit_go_by(settings, num_proxies: int) -> None:
    settings.PROXY_COUNT = num_proxies
    headers = MADE_UP if num_proxies == 0 else {**MADE_UP, "X-Forwarded-For": "6.6.6.6, 192.0.2.1"}
    told = told_of(RequestFactory().get("/", headers=headers, REMOTE_ADDR="192.0.2.1"))
    assert "192.0.2.1" in told
    assert "6.6.6.6" not in told


def test_what_was_searched_for_is_not_told() -> None:
    told = told_of(RequestFactory().get("/", {"search": "Zylinderhut"}))
    assert "GET /" in told
    assert "Zylinderhut" not in told
