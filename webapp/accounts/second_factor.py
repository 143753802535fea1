"""Codes of the second factor: few wrong ones, and each right one once. The rest is allauth's (settings.MFA_FORMS)."""

from typing import Any

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from axes.handlers.proxy import AxesProxyHandler
from django.db import transaction
from django.http import HttpRequest

from webapp.accounts.lockout import SECOND_FACTOR
from webapp.accounts.models import User

LAST_COUNTER = "last_counter"


class _CountedCode:
    """Before and after allauth's own check. What is refused here was not looked at."""

    user: User
    authenticator: Authenticator

    def clean_code(self) -> str:
        request, credentials = context.request, code_credentials(self.user)
        if not AxesProxyHandler.is_allowed(request, credentials):
            request.axes_locked_out = True  # the middleware answers with the page of the lock
            raise get_adapter().validation_error("incorrect_code")
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP and not totp_use(self.authenticator, code):
            raise get_adapter().validation_error("incorrect_code")
        AxesProxyHandler.get_implementation().reset_user_attempts(request, credentials)
        return code


class CodeForm(_CountedCode, AuthenticateForm):  # type: ignore[misc]
    """At sign-in."""


class CodeAgainForm(_CountedCode, ReauthenticateForm):  # type: ignore[misc]
    """Before something sensitive."""


def code_credentials(user: User) -> dict[str, Any]:
    return {"username": user.email, SECOND_FACTOR: True}


def code_failed(request: HttpRequest, user: User) -> None:
    AxesProxyHandler.user_login_failed(sender=None, credentials=code_credentials(user), request=request)


@transaction.atomic
def totp_use(authenticator: Authenticator, code: str) -> bool:
    """Marks a right code, and all older ones, as used (RFC 6238 section 5.2). False if it was used before.

    In the database, not in the cache: a code stays right for a minute and a half, and a cache may be emptied.
    """
    locked = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    counter = _counter_of(get_adapter().decrypt(locked.data["secret"]), code)
    if counter is None or counter <= locked.data.get(LAST_COUNTER, -1):
        return False
    locked.data[LAST_COUNTER] = counter
    locked.save(update_fields=["data"])
    return True


def _counter_of(secret: str, code: str) -> int | None:
    """Which half minute since 1970 the code belongs to; the newest, should two have the same."""
    digits = code.replace(" ", "")
    counters = yield_hotp_counters_from_time()
    return max((number for number in counters if format_hotp_value(hotp_value(secret, number)) == digits), default=None)
