"""Clients of hospitals: tokens by a secret and by a signed assertion, what they reach, and what is refused."""

import base64
import json
import time
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from tests.factories import HospitalFactory, MembershipFactory, VideoFactory
from tests.integration.api.caller import Caller
from webapp.accounts.actors import Actor
from webapp.accounts.models import Membership
from webapp.api.models import ApiClient, AssertionSeen
from webapp.api.oauth.assertions import ASSERTION_TYPE, assertions_forget
from webapp.api.oauth.clients import client_create, client_new_secret, client_set_active, client_set_scopes
from webapp.api.oauth.keys import KeysInvalid
from webapp.audit.models import AuditEvent
from webapp.lib.outside import OutsideRefused

pytestmark = pytest.mark.django_db
TOKEN_URL = "http://testserver/oauth/token"
KEY = ECKey.generate_key("P-384", {"kid": "one"})
OTHER = ECKey.generate_key("P-384", {"kid": "one"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
SCOPES = ["videos:read", "jobs:read"]


def jwks(*keys: Any) -> str:
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys]})


@pytest.fixture
def admin() -> Actor:
    return Actor(membership=MembershipFactory(role="admin"), via="page")


@pytest.fixture
def signing(admin: Actor) -> ApiClient:
    client, secret = client_create(
        actor=admin, name="HIS", role="reviewer", scopes=SCOPES, auth_method="private_key_jwt", jwks=jwks(KEY, RSA)
    )
    assert secret == ""
    return client


def assertion(client: ApiClient, key: Any = KEY, alg: str = "ES384", kid: str = "one", **changes: Any) -> str:
    header = {"alg": alg, "kid": kid, **changes.pop("header", {})}
    claims = {
        "iss": client.client_id,
        "sub": client.client_id,
        "aud": TOKEN_URL,
        "exp": int(time.time()) + 200,
        "jti": uuid.uuid4().hex,
        **changes,
    }
    return jwt.encode(
        header, {name: value for name, value in claims.items() if value is not None}, key, algorithms=[alg]
    )


def ask(text: str = "", **form: str) -> HttpResponse:
    signed = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": text} if text else {}
    return Client().post("/oauth/token", {"grant_type": "client_credentials", **signed, **form})


def by_secret(client: ApiClient, secret: str, path: str = "/oauth/token", **form: str) -> HttpResponse:
    basic = base64.b64encode(f"{client.client_id}:{secret}".encode()).decode()
    sent = {"grant_type": "client_credentials", **form} if path == "/oauth/token" else form
    return Client().post(path, sent, headers={"Authorization": f"Basic {basic}"})


def test_a_client_with_a_secret_gets_a_token_for_five_minutes_at_most(admin: Actor) -> None:
    client, secret = client_create(actor=admin, name="HIS", role="reviewer", scopes=SCOPES)
    token = by_secret(client, secret).json()
    assert (token["token_type"], token["expires_in"]) == ("Bearer", 300)
    assert "refresh_token" not in token
    assert set(token["scope"].split()) == set(SCOPES)
    me = Caller(token["access_token"]).get("/me").json()
    assert (me["role"], me["hospital"]) == ("reviewer", str(admin.member.hospital_id))
    assert by_secret(client, "wrong").status_code == 401


@pytest.mark.parametrize(("key", "alg", "kid"), [(KEY, "ES384", "one"), (RSA, "RS384", "rsa")])
def test_a_client_that_signs_gets_a_token(signing: ApiClient, key: Any, alg: str, kid: str) -> None:
    response = ask(assertion(signing, key, alg, kid))
    assert response.status_code == 200, response.content
    assert Caller(response.json()["access_token"]).get("/videos").status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": int(time.time()) - 100},
        {"exp": int(time.time()) + 4000},
        {"exp": None},
        {"exp": "soon"},
        {"aud": "https://elsewhere.example/oauth/token"},
        {"aud": None},
        {"sub": "another"},
        {"jti": None},
        {"jti": 7},
        {"nbf": int(time.time()) + 1000},
        {"iss": "nobody"},
        {"iss": None},
        {"kid": "two"},
        {"key": OTHER},
        {"header": {"jku": "https://elsewhere.example/keys"}},
    ],
    ids=str,
)
def test_an_assertion_that_is_not_good_is_refused(signing: ApiClient, changes: dict[str, Any]) -> None:
    response = ask(assertion(signing, **changes))
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
    assert AssertionSeen.objects.count() == 0


@pytest.mark.parametrize("text", ["x", "a.b.c", "e30.e30.", "." * 9000])
def test_what_is_no_assertion_is_refused(signing: ApiClient, text: str) -> None:
    assert ask(text).status_code == 401


def test_an_assertion_is_good_once(signing: ApiClient) -> None:
    text = assertion(signing)
    assert ask(text).status_code == 200
    cache.clear()
    assert ask(text).status_code == 401


def test_what_was_seen_is_remembered_longer_than_it_would_be_good(signing: ApiClient) -> None:
    ask(assertion(signing))
    assert assertions_forget() == 0
    AssertionSeen.objects.update(expires_at="2020-01-01T00:00:00Z")
    assert assertions_forget() == 1


def test_a_client_that_signs_has_no_secret_and_the_other_way_round(admin: Actor, signing: ApiClient) -> None:
    assert by_secret(signing, "").status_code == 401
    client, _ = client_create(actor=admin, name="B", role="surgeon", scopes=SCOPES)
    ApiClient.objects.filter(pk=client.pk).update(client_jwks=jwks(KEY))
    assert ask(assertion(client)).status_code == 401


def test_a_client_asks_for_no_more_than_it_was_given(signing: ApiClient) -> None:
    assert ask(assertion(signing), scope="jobs:read").json()["scope"] == "jobs:read"
    assert ask(assertion(signing), scope="audit:read").json()["error"] == "invalid_scope"


@pytest.mark.parametrize("grant", ["password", "authorization_code", "refresh_token", "implicit", ""])
def test_there_is_one_grant(signing: ApiClient, grant: str) -> None:
    assert ask(assertion(signing), grant_type=grant).status_code == 400


def test_a_client_sees_its_hospital_and_no_other(signing: ApiClient) -> None:
    ours = VideoFactory(owner=MembershipFactory(hospital=signing.hospital).user)
    theirs = VideoFactory(owner=MembershipFactory(hospital=HospitalFactory()).user)
    caller = Caller(ask(assertion(signing)).json()["access_token"])
    assert [row["id"] for row in caller.get("/videos").json()["items"]] == [str(ours.pk)]
    assert caller.get(f"/videos/{theirs.pk}").status_code == 404


def test_a_client_that_is_stopped_or_given_less_feels_it_at_once(admin: Actor, signing: ApiClient) -> None:
    caller = Caller(ask(assertion(signing)).json()["access_token"])
    client_set_scopes(signing, actor=admin, scopes=["jobs:read"])
    assert caller.get("/videos").status_code == 403
    client_set_active(signing, actor=admin, is_active=False)
    assert caller.get("/me").status_code == 401
    assert ask(assertion(signing)).status_code == 401


def test_a_new_secret_ends_the_old_one_and_its_tokens(admin: Actor) -> None:
    client, secret = client_create(actor=admin, name="HIS", role="reviewer", scopes=SCOPES)
    caller = Caller(by_secret(client, secret).json()["access_token"])
    newer = client_new_secret(client, actor=admin)
    assert caller.get("/me").status_code == 401
    assert by_secret(client, secret).status_code == 401
    assert by_secret(client, newer).status_code == 200


def test_a_token_can_be_asked_about_and_taken_back(admin: Actor) -> None:
    client, secret = client_create(actor=admin, name="HIS", role="reviewer", scopes=SCOPES)
    token = by_secret(client, secret).json()["access_token"]
    assert by_secret(client, secret, "/oauth/introspect", token=token).json()["active"] is True
    stranger, others = client_create(
        actor=Actor(membership=MembershipFactory(role="admin"), via="page"), name="X", role="admin", scopes=SCOPES
    )
    assert by_secret(stranger, others, "/oauth/introspect", token=token).json() == {"active": False}
    by_secret(stranger, others, "/oauth/revoke", token=token)
    assert Caller(token).get("/me").status_code == 200
    assert by_secret(client, secret, "/oauth/revoke", token=token).status_code == 200
    assert Caller(token).get("/me").status_code == 401
    assert by_secret(client, "wrong", "/oauth/introspect", token=token).status_code == 401


def test_tokens_and_secrets_are_in_no_row(admin: Actor) -> None:
    client, secret = client_create(actor=admin, name="HIS", role="reviewer", scopes=SCOPES)
    token = by_secret(client, secret).json()["access_token"]
    from oauth2_provider.models import AccessToken

    kept = str(list(AccessToken.objects.values())) + str(list(ApiClient.objects.values()))
    assert token not in kept
    assert secret not in kept


def test_each_token_and_each_refusal_is_in_the_audit_log(signing: ApiClient) -> None:
    ask(assertion(signing))
    ask(assertion(signing, OTHER))
    actions = list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["api.client_create", "api.client_sign_in", "api.client_sign_in_failed"]


def test_a_clients_account_is_no_person(signing: ApiClient, client: Client) -> None:
    user = signing.membership.user
    assert not user.has_usable_password()
    last = Membership.objects.get(hospital=signing.hospital, user__is_service=False)
    client.force_login(last.user)
    assert user.email not in client.get("/account/members/").content.decode()


@pytest.mark.parametrize(
    "keys",
    [
        "{}",
        "x",
        '{"keys": []}',
        json.dumps({"keys": [KEY.as_dict(private=True)]}),
        json.dumps({"keys": [{"kty": "oct", "k": "AAAA", "kid": "x"}]}),
        jwks(RSAKey.generate_key(1024, {"kid": "short"})),
        jwks(ECKey.generate_key("P-256", {"kid": "other-curve"})),
        jwks(KEY, OTHER),
    ],
    ids=["none", "no json", "empty", "private", "symmetric", "short", "curve", "twice"],
)
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_keys_that_cannot_be_used_are_refused_when_they_are_given(admin: Actor, keys: str) -> None:
    with pytest.raises(KeysInvalid):
        client_create(actor=admin, name="x", role="surgeon", scopes=SCOPES, auth_method="private_key_jwt", jwks=keys)
    assert not ApiClient.objects.exists()


@pytest.mark.parametrize(
    "uri",
    [
        "http://keys.example/jwks",
        "https://127.0.0.1/jwks",
        "https://[::1]/jwks",
        "https://[::ffff:10.0.0.1]/jwks",
        "https://169.254.169.254/latest",
        "https://10.0.0.7/jwks",
        "ftp://x/",
        "https://user@host/",
        "file:///etc/passwd",
    ],
)
def test_an_address_inside_the_house_is_no_place_for_keys(admin: Actor, uri: str) -> None:
    with pytest.raises(OutsideRefused):
        client_create(actor=admin, name="x", role="surgeon", scopes=SCOPES, auth_method="private_key_jwt", jwks_uri=uri)


class Published(BaseHTTPRequestHandler):
    text = ""
    asked = 0

    def do_GET(self) -> None:
        type(self).asked += 1
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(type(self).text.encode())

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def published() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Published)
    Thread(target=server.serve_forever, daemon=True).start()
    Published.asked = 0
    yield f"http://127.0.0.1:{server.server_port}/jwks"
    server.shutdown()
    server.server_close()


def test_published_keys_are_fetched_kept_and_fetched_again_when_rotated(admin: Actor, published: str, settings) -> None:
    settings.OUTSIDE_ALLOWED = ["127.0.0.0/8"]
    Published.text = jwks(KEY)
    client, _ = client_create(
        actor=admin, name="x", role="surgeon", scopes=SCOPES, auth_method="private_key_jwt", jwks_uri=published
    )
    assert ask(assertion(client)).status_code == 200
    assert ask(assertion(client, header={"jku": published})).status_code == 200
    assert Published.asked == 1
    newer = ECKey.generate_key("P-384", {"kid": "two"})
    Published.text = jwks(newer)
    assert ask(assertion(client, newer, kid="two")).status_code == 200
    assert ask(assertion(client)).status_code == 401
    assert Published.asked == 2


def test_published_keys_inside_the_house_are_not_fetched(admin: Actor, published: str, settings) -> None:
    settings.OUTSIDE_ALLOWED = ["127.0.0.0/8"]
    client, _ = client_create(
        actor=admin, name="x", role="surgeon", scopes=SCOPES, auth_method="private_key_jwt", jwks_uri=published
    )
    settings.OUTSIDE_ALLOWED = []
    assert ask(assertion(client)).status_code == 401
    assert Published.asked == 0


def test_a_name_that_leads_inside_is_refused_where_it_leads(settings) -> None:
    from webapp.lib.outside import fetch

    settings.OUTSIDE_ALLOWED = []
    with pytest.raises(OutsideRefused):
        fetch("https://localhost/jwks")


def test_what_a_client_has_to_know_is_public(client: Client) -> None:
    found = client.get("/.well-known/smart-configuration").json()
    assert found["token_endpoint"] == TOKEN_URL
    assert "private_key_jwt" in found["token_endpoint_auth_methods_supported"]
    assert set(found["token_endpoint_auth_signing_alg_values_supported"]) == {"RS384", "ES384"}


def test_guessing_secrets_is_slowed(admin: Actor, settings) -> None:
    settings.API_REQUESTS_PER_MINUTE = 3
    client, _ = client_create(actor=admin, name="HIS", role="reviewer", scopes=SCOPES)
    assert 429 in [by_secret(client, "guess").status_code for _ in range(9)]
