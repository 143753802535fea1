"""Nothing that a person is shown stays on a shared PC's disk: every address is walked, allauth's pages too."""

import uuid

import pytest
from django.test import Client
from django.urls import get_resolver

from tests.factories import MembershipFactory, VideoFactory
from tests.integration.test_anonymous import address, routes

pytestmark = pytest.mark.django_db


def test_no_answer_may_be_kept_by_a_browser_or_a_proxy(client: Client) -> None:
    client.force_login(MembershipFactory(role="admin").user)
    kept = {}
    for name, _, pattern in routes(get_resolver().url_patterns):
        if (path := address(pattern, name)) is None or "logout" in path:
            continue
        cache_control = client.get(path).get("Cache-Control", "")
        if "no-store" not in cache_control or "public" in cache_control:
            kept[path] = cache_control
    assert kept == {}


def test_a_refusal_is_not_kept_either(client: Client) -> None:
    video = VideoFactory()
    for path in (f"/videos/{video.pk}/", f"/videos/{uuid.uuid4()}/poster.jpg", "/nothing/"):
        assert "no-store" in client.get(path)["Cache-Control"]
