"""At sign-in the session's clocks start and its place becomes a known one; codes are counted."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_added
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from webapp.accounts.known_places import place_remember
from webapp.accounts.models import User
from webapp.accounts.second_factor import code_failed, totp_use
from webapp.accounts.sessions import session_start


@receiver(user_logged_in, dispatch_uid="accounts.start_session_clocks")
def start_session_clocks(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    del sender
    session_start(request.session)
    place_remember(request, user)


@receiver(authentication_failed, dispatch_uid="accounts.count_wrong_code")
def count_wrong_code(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    del sender
    code_failed(request, user)


@receiver(authenticator_added, dispatch_uid="accounts.activation_code_is_used")
def activation_code_is_used(sender: Any, request: HttpRequest, authenticator: Authenticator, **_: Any) -> None:
    del sender
    if authenticator.type == Authenticator.Type.TOTP:
        totp_use(authenticator, request.POST.get("code", ""))
