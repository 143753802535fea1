"""Whom hospitals trust to say who somebody is: DEBRIEF_SINGLE_SIGN_ON, a JSON list that webapp/settings.py reads."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, Literal
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

NAME = "DEBRIEF_SINGLE_SIGN_ON"
_CHOICES = {"protocol": ("oidc", "saml"), "people": ("known", "new")}
_LISTS = ("email_domains", "origins")
_YES_NO = ("vouches_for_emails", "asks_again")
_NEEDED = ("id", "name", "hospital", "protocol", "email_domains")
_NEEDED_BY = {"oidc": ("issuer", "client_id"), "saml": ("entity_id",)}
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInProvider:
    """One provider of one hospital.

    `hospital`: its slug · `email_domains`: of addresses that it may speak of · `people`: may it bring in people whom no
    administrator has added? · `vouches_for_emails`: are addresses that it says nothing about its own to give? None: the
    protocol's custom, no for OIDC, yes for SAML · `asks_again`: does everybody prove themselves anew at each sign-in,
    since hospital PCs are shared? · `origins`: of its sign-in pages, where they are not the issuer's.
    """

    id: str
    name: str
    hospital: str
    protocol: Literal["oidc", "saml"]
    email_domains: tuple[str, ...]
    people: Literal["known", "new"] = "known"
    vouches_for_emails: bool | None = None
    asks_again: bool = True
    origins: tuple[str, ...] = ()
    # OpenID Connect
    issuer: str = ""
    client_id: str = ""
    client_secret: str = ""
    # SAML: metadata at an address, or what of it we need
    entity_id: str = ""
    metadata_url: str = ""
    sign_in_url: str = ""
    certificate: str = ""

    @property
    def addresses(self) -> tuple[str, ...]:
        return tuple(url for url in (self.issuer, self.metadata_url, self.sign_in_url, *self.origins) if url)

    @property
    def is_trusted_with_emails(self) -> bool:
        return self.protocol == "saml" if self.vouches_for_emails is None else self.vouches_for_emails


def providers_read(text: str) -> tuple[SignInProvider, ...]:
    """Raises ImproperlyConfigured, with the provider and the field that is wrong."""
    if not text:
        return ()
    try:
        entries = json.loads(text)
    except ValueError as error:
        raise ImproperlyConfigured(f"{NAME} is not JSON: {error}") from error
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ImproperlyConfigured(f"{NAME} must be a list of objects.")
    providers = tuple(_provider(entry) for entry in entries)
    if len({provider.id for provider in providers}) != len(providers):
        raise ImproperlyConfigured(f"{NAME} has two providers of one id.")
    return providers


def form_origins(providers: tuple[SignInProvider, ...]) -> list[str]:
    """Where the sign-in page's buttons may lead: browsers hold redirections of a form to Content-Security-Policy."""
    parts = [urlsplit(url) for provider in providers for url in provider.addresses]
    return sorted({f"{part.scheme}://{part.netloc}" for part in parts})


def unsafe_providers(providers: tuple[SignInProvider, ...]) -> Iterator[str]:
    for provider in providers:
        if any(not url.startswith("https://") for url in provider.addresses):
            yield f"https:// addresses of the sign-in provider {provider.id}"
        if provider.protocol == "oidc" and not provider.client_secret:
            yield f"a client_secret of the sign-in provider {provider.id}"


def _provider(entry: dict[str, Any]) -> SignInProvider:
    who = str(entry.get("id", "without an id"))
    unknown = set(entry) - {field.name for field in fields(SignInProvider)}
    if unknown:
        raise _wrong(who, f"{', '.join(sorted(unknown))}: no such field")
    for name, value in entry.items():
        _require_kind(who, name, value)
    needed = (*_NEEDED, *_NEEDED_BY.get(entry.get("protocol", ""), ()))
    missing = [name for name in needed if not entry.get(name)]
    if missing:
        raise _wrong(who, f"{', '.join(missing)}: needed")
    lists = {name: tuple(text.lower() for text in entry.get(name, ())) for name in _LISTS}
    provider = SignInProvider(**{**entry, **lists})
    _require_whole(provider)
    return provider


def _require_kind(who: str, name: str, value: Any) -> None:
    if name in _LISTS:
        is_right = isinstance(value, list) and all(isinstance(text, str) for text in value)
    elif name in _YES_NO:
        is_right = isinstance(value, bool)
    else:
        is_right = isinstance(value, str) and value in _CHOICES.get(name, (value,))
    if not is_right:
        raise _wrong(who, f"{name}: {' or '.join(_CHOICES.get(name, ('of another kind',)))}")


def _require_whole(provider: SignInProvider) -> None:
    if not _ID.fullmatch(provider.id):
        raise _wrong(provider.id, "id: small letters, digits and hyphens")
    if not all(_DOMAIN.fullmatch(domain) for domain in provider.email_domains):
        raise _wrong(provider.id, "email_domains: whole names such as clinic.example")
    if not all(urlsplit(url).scheme in ("http", "https") and urlsplit(url).hostname for url in provider.addresses):
        raise _wrong(provider.id, "issuer, metadata_url, sign_in_url, origins: whole addresses")
    has_keys = provider.metadata_url or (provider.sign_in_url and provider.certificate)
    if provider.protocol == "saml" and not has_keys:
        raise _wrong(provider.id, "metadata_url, or sign_in_url with certificate: needed")


def _wrong(who: str, what: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{NAME}, provider {who}: {what}.")
