"""How wrong passwords and wrong second-factor codes are counted, and what a locked-out person sees. django-axes counts.

    from a known place        by that place alone (known_places.py); its lock reaches nobody else
    password, unknown place   by account and address; and where an account is guessed at from many addresses, unknown
                              places together get one attempt in SLOW_STEP_S
    code, unknown place       by account: who gets this far knows the password

A refused attempt is not counted anywhere: it tells nothing about the password, and a lock would never end.
"""

import math
from datetime import timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Sum
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from webapp.accounts.known_places import known_place
from webapp.lib.errors import TooManyAttempts
from webapp.lib.http import problem, wants_json

Credentials = dict[str, Any] | None
# More than a person mistypes in the window; then one guess in ten seconds, 8,640 a day.
SLOW_AFTER_FAILURES = 20
SLOW_WINDOW_S = 300
SLOW_STEP_S = 10
SECOND_FACTOR = "second_factor"


class SignInLock(AxesDatabaseHandler):  # type: ignore[misc]
    """settings.AXES_HANDLER."""

    def is_locked(self, request: HttpRequest, credentials: Credentials = None) -> bool:
        if super().is_locked(request, credentials):
            return True
        wait_s = slow_down_s(request, credentials)
        request.sign_in_wait_s = wait_s  # type: ignore[attr-defined]  # locked_out says it
        return wait_s > 0


def attempted_email(request: HttpRequest | None, credentials: Credentials) -> str:
    """The address as it was meant: "Ana@Example.org " and "ana@example.org" are one account, so one counter."""
    given = (credentials or {}).get("email") or (credentials or {}).get("username")
    if not given and request is not None:
        given = request.POST.get("login", "")
    return str(given or "").strip().lower()[:254]


def counted_as(request: HttpRequest, credentials: Credentials) -> str:
    """settings.AXES_USERNAME_CALLABLE: the account, and what its attempts are counted apart by."""
    email = attempted_email(request, credentials)
    kind = "code" if (credentials or {}).get(SECOND_FACTOR) else ""
    return " ".join(part for part in (email[:200], kind, place_of(request, email)) if part)


def lockout_parameters(request: HttpRequest, credentials: Credentials = None) -> list[Any]:
    """settings.AXES_LOCKOUT_PARAMETERS: which columns an attempt's counter goes by."""
    is_known = bool(place_of(request, attempted_email(request, credentials)))
    if is_known or (credentials or {}).get(SECOND_FACTOR):
        return ["username"]
    return [["username", "ip_address"]]


def place_of(request: HttpRequest, email: str) -> str:
    """`known_place`, looked up once a request and account."""
    looked_up: dict[str, str] = request.__dict__.setdefault("sign_in_places", {})
    if email not in looked_up:
        looked_up[email] = known_place(request, email)
    return looked_up[email]


def slow_down_s(request: HttpRequest, credentials: Credentials) -> int:
    """Seconds until an unknown place may try this account's password again; 0 while nobody is guessing at it."""
    email = attempted_email(request, credentials)
    if (credentials or {}).get(SECOND_FACTOR) or place_of(request, email):
        return 0
    now = timezone.now()
    attempts = AccessAttempt.objects.filter(username=email[:200])
    recent = attempts.filter(attempt_time__gte=now - timedelta(seconds=SLOW_WINDOW_S))
    found = recent.aggregate(failures=Sum("failures_since_start"), last=Max("attempt_time"))
    if (found["failures"] or 0) < SLOW_AFTER_FAILURES:
        return 0
    since_last: timedelta = now - found["last"]
    return max(0, math.ceil(SLOW_STEP_S - since_last.total_seconds()))


def locked_out(request: HttpRequest, *_response_and_credentials: object) -> HttpResponseBase:
    wait_s = getattr(request, "sign_in_wait_s", 0) or _cool_off_s()
    words = f"{wait_s} seconds" if wait_s < 60 else f"{math.ceil(wait_s / 60)} minutes"
    if wants_json(request):
        response: HttpResponseBase = problem(TooManyAttempts(f"Too many failed attempts. Try again in {words}."))
    else:
        context = {"wait": words, "is_here": wait_s >= 60}
        response = render(request, "accounts/locked_out.html", context, status=TooManyAttempts.status)
    response["Retry-After"] = str(wait_s)
    return response


def _cool_off_s() -> int:
    cool_off: timedelta = settings.AXES_COOLOFF_TIME
    return int(cool_off.total_seconds())
