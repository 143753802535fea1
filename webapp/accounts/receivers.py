"""Starts the session clocks at sign-in."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from webapp.accounts.sessions import session_start


@receiver(user_logged_in, dispatch_uid="accounts.start_session_clocks")
def start_session_clocks(sender: Any, request: HttpRequest, **_: Any) -> None:
    del sender
    session_start(request.session)
