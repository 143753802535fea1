"""The card of each model that writes something is a page, one click from what it wrote."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import MembershipFactory
from webapp.accounts.sessions import session_start

pytestmark = pytest.mark.django_db


@pytest.fixture
def surgeon(client: Client) -> Client:
    client.force_login(MembershipFactory().user)
    session = client.session
    session_start(session)
    session.save()
    return client


@pytest.mark.parametrize(("name", "title"), [("llava_surg", "LLaVA-Surg"), ("vision_tower", "Vision tower")])
def test_a_card_is_a_page_with_its_tables(surgeon: Client, name: str, title: str) -> None:
    page = surgeon.get(reverse("model_card", args=[name])).content.decode()
    assert title.lower() in page.split("</h1>")[0].lower()
    assert "<table>" in page
    assert "| files |" not in page


def test_a_model_without_a_card_is_not_found(surgeon: Client) -> None:
    assert surgeon.get(reverse("model_card", args=["gpt-9"])).status_code == 404
