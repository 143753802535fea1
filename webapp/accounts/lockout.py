"""What django-axes calls back: whose failures are counted together, and what a locked-out person sees."""

import math
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from webapp.lib.errors import TooManyAttempts
from webapp.lib.http import problem, wants_json


def attempted_email(request: HttpRequest | None, credentials: dict[str, Any] | None) -> str:
    """The address as it was meant: "Ana@Example.org " and "ana@example.org" are one account, so one counter."""
    given = (credentials or {}).get("email") or (credentials or {}).get("username")
    if not given and request is not None:
        given = request.POST.get("login", "")
    return str(given or "").strip().lower()[:254]


def locked_out(request: HttpRequest, *_response_and_credentials: object) -> HttpResponseBase:
    minutes = math.ceil(_cool_off().total_seconds() / 60)
    if wants_json(request):
        return problem(TooManyAttempts(f"Too many failed attempts. Try again in {minutes} minutes."))
    context = {"minutes": minutes, "num_attempts": settings.AXES_FAILURE_LIMIT}
    response = render(request, "accounts/locked_out.html", context, status=TooManyAttempts.status)
    response["Retry-After"] = str(minutes * 60)
    return response


def _cool_off() -> timedelta:
    cool_off: timedelta = settings.AXES_COOLOFF_TIME
    return cool_off
