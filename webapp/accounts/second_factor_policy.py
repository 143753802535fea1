"""Administrators hold the keys of a hospital. Where the policy stands, they set up a second factor first of all."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url

from webapp.accounts.models import Membership, User
from webapp.accounts.selectors import AnyUser
from webapp.lib.errors import PermissionRefused
from webapp.lib.http import problem, wants_json

SENTENCE = "Administrators sign in with a second factor here. Set one up to go on: an app or a security key."
# What setting one up takes, and leaving instead.
OPEN_PATHS = ("/accounts/2fa/", "/accounts/logout/", "/accounts/reauthenticate/", "/account/session/", "/static/")


class SecondFactorPolicyMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not must_set_up(request):
            return self.get_response(request)
        if wants_json(request):
            return problem(PermissionRefused(SENTENCE, "second_factor_needed"), instance=request.path)
        messages.warning(request, SENTENCE)
        address = resolve_url("mfa_index")
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(headers={"HX-Redirect": address})
        return HttpResponseRedirect(address)


def must_set_up(request: HttpRequest) -> bool:
    return not request.path_info.startswith(OPEN_PATHS) and owes_second_factor(request.user)


def owes_second_factor(user: AnyUser) -> bool:
    """Whether the policy stands and this administrator has set up none yet."""
    if not settings.ADMINS_NEED_SECOND_FACTOR or not isinstance(user, User):
        return False
    is_admin = user.memberships.filter(role=Membership.Role.ADMIN).exists()
    return is_admin and not is_mfa_enabled(user)


def require_second_factor(user: AnyUser) -> None:
    """For doors that no middleware guards. Raises PermissionRefused."""
    if owes_second_factor(user):
        raise PermissionRefused(SENTENCE, "second_factor_needed")
