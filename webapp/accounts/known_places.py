"""Where a person has signed in before: browsers, by a cookie that says nothing else, and the addresses they came from.

Failures elsewhere slow sign-in down for strangers. Whoever comes from a known place is counted by that place alone, so
nobody can shut a person out of it from anywhere else.
"""

import hashlib
import secrets
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from webapp.accounts.models import KnownBrowser, User
from webapp.lib.clients import UNKNOWN_ADDRESS, client_ip

COOKIE = "debrief_browser"
KNOWN_FOR = timedelta(days=180)
# Addresses are handed on: a hotel's is somebody else's next week.
ADDRESS_KNOWN_FOR = timedelta(days=30)
TOKEN_BYTES = 32


def known_place(request: HttpRequest, email: str) -> str:
    """ "browser ..." or "address ..." where this account has signed in from it before, else empty."""
    token = request.COOKIES.get(COOKIE, "")
    known = KnownBrowser.objects.filter(user__email=email)
    if token and known.filter(token_hash=_hash(token), last_sign_in_at__gte=timezone.now() - KNOWN_FOR).exists():
        return f"browser {_hash(token)[:16]}"
    address = client_ip(request)
    recent = known.filter(last_sign_in_at__gte=timezone.now() - ADDRESS_KNOWN_FOR)
    if address != UNKNOWN_ADDRESS and recent.filter(ip_address=address).exists():
        return f"address {address}"
    return ""


def place_remember(request: HttpRequest, user: User) -> None:
    """After a whole sign-in. The cookie goes out with the response (KnownBrowserMiddleware)."""
    token = request.COOKIES.get(COOKIE, "")
    # Only a token that we gave out: one that was planted would be known to whoever planted it.
    if not token or not KnownBrowser.objects.filter(token_hash=_hash(token)).exists():
        token = secrets.token_urlsafe(TOKEN_BYTES)
    seen = {"ip_address": client_ip(request), "last_sign_in_at": timezone.now()}
    KnownBrowser.objects.update_or_create(user=user, token_hash=_hash(token), defaults=seen)
    request.debrief_browser_token = token  # type: ignore[attr-defined]


def places_forget(user: User) -> None:
    KnownBrowser.objects.filter(user=user).delete()


def places_expire() -> int:
    """Returns how many were forgotten."""
    return KnownBrowser.objects.filter(last_sign_in_at__lt=timezone.now() - KNOWN_FOR).delete()[0]


class KnownBrowserMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        token = getattr(request, "debrief_browser_token", None)
        if token:
            response.set_cookie(
                COOKIE,
                token,
                max_age=KNOWN_FOR,
                path="/accounts/",
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
