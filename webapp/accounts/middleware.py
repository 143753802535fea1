"""Ends sessions that were idle too long or have lasted too long, and says so at sign-in."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import UpdateError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.urls import Resolver404, resolve

from webapp.accounts.sessions import EndReason, session_end_reason, session_note_activity
from webapp.lib.errors import SignInNeeded
from webapp.lib.http import problem, wants_json

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class SessionLimitMiddleware:
    """Pages that refresh by themselves (settings.SESSION_PASSIVE_VIEWS) do not count as activity."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.get_response(request)
        reason = session_end_reason(request.session)
        if reason is not None:
            return end_session(request, reason)
        if not is_passive(request):
            try:
                session_note_activity(request.session)
            except UpdateError:
                # Ended between this request's start and here: by its owner, or because they were deactivated.
                return _signed_out(request)
        return self.get_response(request)


def is_passive(request: HttpRequest) -> bool:
    try:
        return resolve(request.path_info).view_name in settings.SESSION_PASSIVE_VIEWS
    except Resolver404:
        return False


def end_session(request: HttpRequest, reason: EndReason) -> HttpResponseBase:
    request.session_end_reason = reason  # type: ignore[attr-defined]  # the audit log reads it on sign-out
    logout(request)
    sentence = reason_sentence(reason)
    if wants_json(request):
        return problem(SignInNeeded(sentence, f"session_{reason}"), instance=request.path)
    messages.info(request, sentence)
    return _to_sign_in(request)


def _signed_out(request: HttpRequest) -> HttpResponseBase:
    request.session.flush()
    request.user = AnonymousUser()
    return problem(SignInNeeded(), instance=request.path) if wants_json(request) else _to_sign_in(request)


def reason_sentence(reason: EndReason) -> str:
    if reason == "idle":
        return f"You were signed out after {_in_words(settings.SESSION_IDLE_S)} without activity."
    return f"You were signed out: a session lasts at most {_in_words(settings.SESSION_ABSOLUTE_S)}."


def _in_words(seconds: int) -> str:
    if seconds >= 2 * 3600:
        return f"{round(seconds / 3600)} hours"
    return f"{max(1, round(seconds / 60))} minutes"


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """htmx would put a redirected page inside a fragment; HX-Redirect makes it load the whole page."""
    login_url = resolve_url(settings.LOGIN_URL)
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": login_url})
    if request.method not in ("GET", "HEAD"):
        return HttpResponseRedirect(login_url)
    return HttpResponseRedirect(f"{login_url}?{urlencode({'next': request.get_full_path()})}")
