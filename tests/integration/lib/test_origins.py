"""Another port of the same machine is another programme: it opens no websocket and is no place to send anyone to."""

import asyncio
from typing import Any

import pytest
from django.test import Client, RequestFactory

from tests.factories import PASSWORD, JobFactory, MembershipFactory
from webapp.lib.origins import OwnOriginOnly, is_own_url

FOREIGN_ORIGINS = [
    "http://localhost",
    "http://localhost:9000",
    "https://localhost:8000",
    "http://127.0.0.1:8000",
    "http://localhost.evil.example:8000",
    "http://evil.example",
    "null",
    "",
    "http://localhost:notaport",
]


def opened(origin: str | None, *, host: str = "localhost:8000", scheme: str = "ws", **headers: str) -> bool:
    """Whether a websocket with this Origin reaches the application behind the door."""
    reached: list[Any] = []

    async def inside(scope: Any, receive: Any, send: Any) -> None:
        del receive, send
        reached.append(scope)

    given = {"host": host, **({} if origin is None else {"origin": origin}), **headers}
    wire = [(name.encode(), value.encode()) for name, value in given.items()]
    scope = {"type": "websocket", "scheme": scheme, "path": "/ws/", "query_string": b"", "headers": wire}
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(OwnOriginOnly(inside)(scope, None, send))
    assert reached or sent == [{"type": "websocket.close"}]
    return bool(reached)


def test_a_page_of_ours_opens_a_websocket() -> None:
    assert opened("http://localhost:8000")
    assert opened("https://localhost", host="localhost", scheme="wss")


@pytest.mark.parametrize("origin", [*FOREIGN_ORIGINS, None])
def test_no_other_origin_opens_a_websocket(origin: str | None) -> None:
    assert not opened(origin)


def test_behind_a_proxy_the_scheme_is_the_one_the_browser_used(settings) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert opened("https://localhost", host="localhost", **{"x-forwarded-proto": "https"})
    assert not opened("http://localhost", host="localhost", **{"x-forwarded-proto": "https"})


def test_a_trusted_origin_is_trusted_as_a_whole(settings) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://debrief.example:8443"]
    assert opened("https://debrief.example:8443")
    assert not opened("https://debrief.example")


def test_a_host_that_is_not_served_opens_nothing() -> None:
    assert not opened("http://evil.example", host="evil.example")


@pytest.mark.parametrize("url", ["/account/", "/?a=http://evil.example", "http://localhost:8000/account/"])
def test_a_place_of_ours(url: str) -> None:
    assert is_own_url(RequestFactory().get("/", headers={"host": "localhost:8000"}), url)


@pytest.mark.parametrize(
    "url",
    [
        *(f"{origin}/account/" for origin in FOREIGN_ORIGINS if ":" in origin),
        "//localhost/",
        "///evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "",
    ],
)
def test_no_place_of_ours(url: str) -> None:
    assert not is_own_url(RequestFactory().get("/", headers={"host": "localhost:8000"}), url)


@pytest.mark.django_db
@pytest.mark.parametrize(("place", "is_ours"), [("/jobs/", True), ("http://localhost/jobs/", False)])
def test_after_sign_in_nobody_is_led_to_another_port(client: Client, place: str, is_ours: bool) -> None:
    member = MembershipFactory()
    form = {"login": member.user.email, "password": PASSWORD, "next": place}
    response = client.post("/accounts/login/", form, headers={"host": "localhost:8000"})
    assert response.status_code == 302
    assert (response["Location"] == place) == is_ours


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("came_from", "is_ours"), [("http://localhost:8000/jobs/?page=2", True), ("http://localhost/jobs/", False)]
)
def test_after_a_change_nobody_is_led_to_another_port(client: Client, came_from: str, is_ours: bool) -> None:
    member = MembershipFactory()
    client.force_login(member.user)
    job = JobFactory(owner=member.user, hospital=member.hospital)
    headers = {"host": "localhost:8000", "referer": came_from}
    response = client.post(f"/jobs/{job.pk}/cancel/", headers=headers)
    assert (response["Location"] == came_from) == is_ours
