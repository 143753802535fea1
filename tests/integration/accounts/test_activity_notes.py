"""Noting that somebody is there never fails their request, and an ended session is an ended session."""

import time

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError, models
from django.test import Client

from tests.factories import MembershipFactory
from webapp.accounts.models import User
from webapp.accounts.sessions import LAST_SEEN_KEY

pytestmark = pytest.mark.django_db
LOCKED, FULL = "database is locked", "database or disk is full"


@pytest.fixture
def alice() -> User:
    return MembershipFactory().user


@pytest.fixture
def idle_client(client: Client, alice: User) -> Client:
    """Last seen two minutes ago: the next request wants to note that she is there."""
    client.force_login(alice)
    session = client.session
    session[LAST_SEEN_KEY] = time.time() - 120
    session.save()
    return client


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OperationalError(request.param)

    monkeypatch.setattr(Session, "save", refuse)


@pytest.mark.parametrize("broken", [LOCKED, FULL], indirect=True)
@pytest.mark.usefixtures("idle_client", "broken")
@pytest.mark.parametrize("path", ["/", "/jobs/", "/account/", "/account/session/"])
def test_a_page_comes_though_the_note_cannot_be_kept(idle_client: Client, path: str) -> None:
    idle_client.raise_request_exception = False
    expected = 503 if path == "/account/session/" else 200  # there the note is the very wish
    assert idle_client.get(path).status_code == expected


@pytest.mark.parametrize("broken", [LOCKED, FULL], indirect=True)
@pytest.mark.usefixtures("broken")
def test_a_sign_in_that_cannot_be_kept_says_busy(client: Client, alice: User) -> None:
    client.raise_request_exception = False
    page = client.post("/accounts/login/", {"login": alice.email, "password": "correct-horse-battery"})
    assert (page.status_code, page["Retry-After"]) == (503, "5")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_health_asks_nobody_who_they_are(idle_client: Client, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OperationalError("the database is away")

    monkeypatch.setattr("webapp.accounts.session_store.SessionStore.load", refuse)
    assert idle_client.get(path).status_code == 200


def test_a_session_that_was_ended_meanwhile_is_signed_out(idle_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(self: Session, *_: object, **__: object) -> None:
        Session.objects.all().delete()
        models.Model.save(self, force_update=True)

    monkeypatch.setattr(Session, "save", ended)
    assert idle_client.get("/jobs/").url.startswith("/accounts/login/")
