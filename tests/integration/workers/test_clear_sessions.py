"""Ended sessions do not stay in the database."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from tests.factories import UserFactory
from webapp.accounts.models import KnownBrowser
from workers.beat_tasks import clear_sessions

pytestmark = pytest.mark.django_db


def session(key: str, *, ends_in: timedelta) -> Session:
    return Session.objects.create(session_key=key, session_data="", expire_date=timezone.now() + ends_in)


def test_ended_sessions_are_swept_and_living_ones_stay() -> None:
    session("ended", ends_in=timedelta(minutes=-1))
    session("living", ends_in=timedelta(hours=1))
    clear_sessions()
    assert [row.session_key for row in Session.objects.all()] == ["living"]


def test_browsers_not_seen_for_half_a_year_are_forgotten() -> None:
    user = UserFactory()
    for days in (1, 181):
        seen = timezone.now() - timedelta(days=days)
        KnownBrowser.objects.create(user=user, token_hash=str(days), last_sign_in_at=seen)
    clear_sessions()
    assert [row.token_hash for row in KnownBrowser.objects.all()] == ["1"]
