"""The OpenAPI document: complete, without a warning, and served from our own address."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver

from tests.factories import MembershipFactory
from tests.integration.api.caller import caller_of

pytestmark = pytest.mark.django_db


def test_the_document_is_valid_and_without_a_warning() -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO())


def test_every_address_of_the_api_is_in_the_document() -> None:
    document = caller_of(MembershipFactory().user).get("/openapi.json").json()
    ours = next(entry for entry in get_resolver().url_patterns if str(entry.pattern) == "api/v1/").url_patterns
    left_out = {"schema", "docs"}
    assert len(document["paths"]) == len([one for one in ours if one.name not in left_out])
    assert document["openapi"].startswith("3.1")


def test_the_page_of_the_document_names_no_other_host(client: Client) -> None:
    client.force_login(MembershipFactory().user)
    page = client.get("/api/v1/docs/").content.decode()
    assert "swagger-ui" in page
    assert "//" not in page.replace("<!doctype", "")


def test_nobody_reads_the_document_without_signing_in(client: Client) -> None:
    assert client.get("/api/v1/openapi.json").status_code == 401
