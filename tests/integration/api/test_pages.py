"""The pages of tokens, clients and webhooks: what is shown once is good, and works."""

import re

import pytest
from django.test import Client

from tests.factories import MembershipFactory
from tests.integration.api.caller import Caller
from webapp.accounts.models import Membership
from webapp.api.models import ApiClient, Webhook

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client) -> Membership:
    member = MembershipFactory(role="admin")
    client.force_login(member.user)
    return member


def shown(page: str) -> list[str]:
    return re.findall(r'readonly value="([^"]+)"', page)


def test_a_token_is_shown_once_and_good(client: Client, admin: Membership) -> None:
    made = client.post("/account/tokens/add/", {"name": "Script", "num_days": 9, "scopes": ["videos:read"]})
    (text,) = shown(made.content.decode())
    assert Caller(text).get("/videos").status_code == 200
    assert text not in client.get("/account/tokens/").content.decode()


@pytest.mark.parametrize(
    "wrong", [{"num_days": 0}, {"num_days": 9999}, {"scopes": []}, {"scopes": ["everything"]}, {"name": ""}]
)
def test_a_form_that_is_wrong_says_so(client: Client, admin: Membership, wrong: dict[str, object]) -> None:
    form = {"name": "Script", "num_days": 9, "scopes": ["videos:read"]} | wrong
    assert client.post("/account/tokens/add/", form).status_code == 422


def test_a_client_is_registered_with_a_secret_that_gets_tokens(client: Client, admin: Membership) -> None:
    form = {"name": "HIS", "role": "reviewer", "scopes": ["jobs:read"], "auth_method": "client_secret_basic"}
    client_id, secret = shown(client.post("/account/clients/add/", form).content.decode())
    proof = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    token = Client().post("/oauth/token", proof).json()["access_token"]
    assert Caller(token).get("/jobs").status_code == 200
    assert "HIS" in client.get("/account/clients/").content.decode()


def test_a_client_without_keys_is_told_what_is_missing(client: Client, admin: Membership) -> None:
    form = {"name": "HIS", "role": "reviewer", "scopes": ["jobs:read"], "auth_method": "private_key_jwt"}
    refused = client.post("/account/clients/add/", form)
    assert refused.status_code == 422
    assert "key set" in refused.content.decode()
    assert not ApiClient.objects.exists()


def test_a_webhook_is_added_tried_and_its_deliveries_read(client: Client, admin: Membership) -> None:
    form = {"name": "PACS", "url": "https://pacs.example.org/", "event_types": ["video.ready"], "signing": "v1"}
    (key,) = shown(client.post("/account/webhooks/add/", form).content.decode())
    assert key.startswith("whsec_")
    webhook = Webhook.objects.get()
    client.post(f"/account/webhooks/{webhook.pk}/ping/")
    page = client.get(f"/account/webhooks/{webhook.pk}/").content.decode()
    assert "ping" in page
    assert "On its way" in page
    assert key not in page


def test_an_address_inside_the_house_is_refused_in_words(client: Client, admin: Membership, settings) -> None:
    settings.OUTSIDE_ALLOWED = []
    form = {"name": "x", "url": "https://10.0.0.1/", "event_types": ["video.ready"], "signing": "v1"}
    refused = client.post("/account/webhooks/add/", form)
    assert refused.status_code == 403
    assert "inside the house" in refused.content.decode()
