"""Django's admin as a reading room: searchable lists of one's own hospital, for administrators with a second factor.

Nothing is changed here: changes go through services, which say who may and write the audit log. No list holds a title,
a question or a score, so nothing of a patient is read here; still each list leaves a row a visit.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from webapp.accounts.actors import page_actor
from webapp.accounts.models import User
from webapp.accounts.second_factor_policy import SENTENCE
from webapp.lib.errors import PermissionRefused

View = Callable[..., Any]
# Signing in and out is allauth's; nothing here is edited, so nothing is completed or looked up.
LEFT_OUT = frozenset({"logout", "password_change", "password_change_done", "autocomplete", "view_on_site"})


class AdministrationSite(AdminSite):
    site_title = site_header = "Debrief administration"
    index_title = "Your hospital, to look things up"
    enable_nav_sidebar = False

    def get_urls(self) -> list[Any]:
        return [entry for entry in super().get_urls() if getattr(entry, "name", None) not in LEFT_OUT]

    def has_permission(self, request: HttpRequest) -> bool:
        """An administrator who has a second factor: it was asked for when they signed in."""
        try:
            page_actor(request.user).administrator  # noqa: B018 - refuses everybody else
        except PermissionRefused:
            return False
        return isinstance(request.user, User) and is_mfa_enabled(request.user)

    def admin_view(self, view: View, cacheable: bool = False) -> Any:
        """Raises PermissionRefused for who is no administrator; without a second factor the way leads to set one up."""
        del cacheable

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            page_actor(request.user).administrator  # noqa: B018 - refuses everybody else
            if not self.has_permission(request):
                messages.warning(request, SENTENCE)
                return redirect("mfa_index")
            return view(request, *args, **kwargs)

        return login_required(never_cache(csrf_protect(guarded)))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one way to sign in."""
        del request, extra_context
        return redirect_to_login(reverse("admin:index"))
