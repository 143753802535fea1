"""Nothing is served to someone who has not signed in, whatever is added later: every route is walked."""

import uuid
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

# Sign-in and its ways back; what a load balancer and a scraper ask for.
OPEN_NAMES = {
    "account_login",
    "account_signup",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_email_verification_sent",
    "account_confirm_email",
    # Where programs prove themselves, and what they have to know before (tests/integration/api/test_oauth.py).
    "oauth_token",
    "oauth_introspect",
    "oauth_revoke",
    "smart_configuration",
    "fhir_smart_configuration",
    "fhir_metadata",
}
OPEN_PREFIXES = ("/healthz", "/readyz", "/metrics", "/static/")
SAMPLES = {
    "uuid": str(uuid.UUID(int=1)),
    "int": 1,
    "str": "x",
    "slug": "x",
    "path": "x",
}


def routes(patterns, prefix: str = "", space: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            inner = f"{entry.namespace}:" if entry.namespace else space
            yield from routes(entry.url_patterns, prefix + str(entry.pattern), inner)
        else:
            yield f"{space}{entry.name}" if entry.name else "", prefix + str(entry.pattern), entry


def address(pattern: URLPattern, name: str = "") -> str | None:
    arguments = {name: SAMPLES[_kind(converter)] for name, converter in pattern.pattern.converters.items()}
    try:
        return reverse(name or pattern.name or pattern.callback, kwargs=arguments)
    except Exception:
        return None


def _kind(converter: object) -> str:
    return type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")


def is_refusal(status: int, location: str) -> bool:
    return status in {401, 403, 404, 405} or (status == 302 and location.startswith(("/accounts/login/", "/account/")))


@pytest.mark.django_db
def test_every_route_refuses_or_sends_to_sign_in(client: Client) -> None:
    opened = []
    for name, route, pattern in routes(get_resolver().url_patterns):
        path = address(pattern, name)
        if name in OPEN_NAMES or path is None or path.startswith(OPEN_PREFIXES):
            continue
        for method in ("get", "post"):
            response = getattr(client, method)(path)
            refused = is_refusal(response.status_code, response.headers.get("Location", ""))
            if not refused:
                opened.append(f"{method.upper()} {route} -> {response.status_code}")
    assert not opened, "\n".join(opened)
