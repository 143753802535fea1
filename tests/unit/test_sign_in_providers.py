"""The list of sign-in providers: what is refused at the start, and by which words."""

import json

import pytest
from django.core.exceptions import ImproperlyConfigured

from webapp.sign_in_providers import form_origins, providers_read, unsafe_providers

OIDC = {
    "id": "clinic",
    "name": "Clinic",
    "hospital": "clinic",
    "protocol": "oidc",
    "email_domains": ["Clinic.example"],
    "issuer": "https://login.clinic.example/realm",
    "client_id": "debrief",
    "client_secret": "s",
}
SAML = {
    "id": "county",
    "name": "County",
    "hospital": "county",
    "protocol": "saml",
    "email_domains": ["county.example"],
    "entity_id": "https://idp.county.example",
    "metadata_url": "https://idp.county.example/metadata",
}


def read(*entries: object):
    return providers_read(json.dumps(entries))


def test_nothing_set_is_nobody() -> None:
    assert providers_read("") == ()


def test_a_whole_list_is_read_and_says_where_its_buttons_lead() -> None:
    found = read(OIDC, {**SAML, "origins": ["https://pages.county.example"]})
    assert [provider.id for provider in found] == ["clinic", "county"]
    assert found[0].email_domains == ("clinic.example",)
    assert (found[0].is_trusted_with_emails, found[1].is_trusted_with_emails) == (False, True)
    assert form_origins(found) == [
        "https://idp.county.example",
        "https://login.clinic.example",
        "https://pages.county.example",
    ]
    assert list(unsafe_providers(found)) == []


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({**OIDC, "issuers": "x"}, "issuers: no such field"),
        ({**OIDC, "email_domains": []}, "email_domains: needed"),
        ({**OIDC, "email_domains": "clinic.example"}, "email_domains"),
        ({**OIDC, "email_domains": ["*"]}, "email_domains: whole names"),
        ({**OIDC, "email_domains": [7]}, "email_domains"),
        ({**OIDC, "id": "Clinic/.."}, "id: small letters"),
        ({**OIDC, "protocol": "openid"}, "oidc or saml"),
        ({**OIDC, "people": "all"}, "known or new"),
        ({**OIDC, "asks_again": "no"}, "asks_again"),
        ({**OIDC, "issuer": "login.clinic.example"}, "whole addresses"),
        ({**OIDC, "client_id": ""}, "client_id: needed"),
        ({**SAML, "metadata_url": ""}, "metadata_url, or sign_in_url with certificate"),
    ],
)
def test_what_is_wrong_is_named(entry: object, words: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=words):
        read(entry)


@pytest.mark.parametrize("text", ["{", "{}", "[1]", json.dumps([OIDC, OIDC])])
def test_what_is_no_list_of_providers_is_refused(text: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        providers_read(text)


@pytest.mark.parametrize("entry", [{**OIDC, "issuer": "http://login.clinic.example"}, {**OIDC, "client_secret": ""}])
def test_production_refuses_plain_http_and_a_client_without_a_secret(entry: object) -> None:
    assert list(unsafe_providers(read(entry)))
