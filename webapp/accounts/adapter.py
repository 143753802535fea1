"""How allauth behaves here: no sign-up for strangers, our idea of the caller's address."""

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.models import SocialAccount
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest

from webapp.accounts.lockout import attempted_email, place_of
from webapp.accounts.models import User
from webapp.lib.clients import client_ip
from webapp.lib.origins import is_own_url


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are added by their hospital's administrator, on the members page."""
        del request
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Where `next=` may lead: our own origin. allauth would take any host that is served, by any scheme."""
        return bool(url) and is_own_url(context.request, str(url))

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_ip(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """The limit on guesses from one address spares those known there: a colleague's guesses lock nobody out."""
        if not place_of(request, attempted_email(request, credentials)):
            super().pre_authenticate(request, **credentials)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """What a lock refused was no guess."""
        if getattr(request, "axes_locked_out", False):
            self._rollback_login_failed_rl_usage()

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Whom a hospital's provider signs in has no password to reset; an administrator's link still makes one."""
        if user.has_usable_password() or not SocialAccount.objects.filter(user=user).exists():
            super().send_password_reset_mail(user, email, context)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing is sent where no mail server is set up; the pages say to ask the administrator instead."""
        if settings.HAS_MAIL:
            super().send_mail(template_prefix, email, context)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Authenticator secrets are encrypted in the database with a key that is not in the database."""

    def get_totp_label(self, user: User) -> str:
        return user.email

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()


def _fernet() -> MultiFernet:
    """Encrypts with the present secret key; the fallbacks still open what an earlier one closed."""
    return MultiFernet([Fernet(_derived(str(key))) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _derived(secret_key: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"debrief.second-factor." + secret_key.encode()).digest())
