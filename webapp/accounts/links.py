"""One-time links with which a person sets their own password. Nobody else ever knows it."""

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse

from webapp.accounts.models import User


def password_link_path(user: User) -> str:
    """Valid once, for settings.PASSWORD_RESET_TIMEOUT seconds: setting a password or signing in ends it."""
    key = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
