"""One-time links with which a person sets their own password. Nobody else ever knows it."""

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db.models import F
from django.urls import reverse

from webapp.accounts.models import User


class PasswordLinkTokens(PasswordResetTokenGenerator):
    """Of a person's links the newest is good, and none of somebody who may not sign in."""

    def make_token(self, user: User) -> str:
        password_links_revoke(user)
        token: str = super().make_token(user)
        return token

    def check_token(self, user: User | None, token: str | None) -> bool:
        return user is not None and user.is_active and bool(super().check_token(user, token))

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.links_made}"


def password_link_path(user: User) -> str:
    """Valid once, for settings.PASSWORD_RESET_TIMEOUT seconds; a newer link, a new password or a sign-in ends it."""
    key = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})


def password_links_revoke(user: User) -> None:
    """Every link made so far is dead."""
    User.objects.filter(pk=user.pk).update(links_made=F("links_made") + 1)
    user.refresh_from_db(fields=["links_made"])
