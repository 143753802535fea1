"""What every page may ask of the signed-in person: `membership` (looked up only when used), `session_idle_s`."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from webapp.accounts.models import Membership
from webapp.accounts.selectors import membership_get
from webapp.lib.errors import PermissionRefused


def account(request: HttpRequest) -> dict[str, Any]:
    return {
        "membership": SimpleLazyObject(lambda: _membership_or_none(request)),
        "session_idle_s": settings.SESSION_IDLE_S,
        "has_mail": settings.HAS_MAIL,
        "sign_in_providers": settings.SINGLE_SIGN_ON,
    }


def _membership_or_none(request: HttpRequest) -> Membership | None:
    try:
        return membership_get(request.user)
    except PermissionRefused:
        return None
