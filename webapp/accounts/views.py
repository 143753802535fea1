"""One's own account: profile, security, sessions, and how much time a session has left."""

from typing import cast

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from webapp.accounts.actors import page_actor
from webapp.accounts.forms import ProfileForm
from webapp.accounts.models import Membership, User
from webapp.accounts.services import session_end as session_end_of_user
from webapp.accounts.services import user_rename
from webapp.accounts.sessions import session_extend, session_times
from webapp.lib.errors import SignInNeeded


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    actor = page_actor(request.user)
    membership = actor.member
    form = ProfileForm(request.POST or None, initial={"name": membership.user.name})
    if form.is_valid():
        user_rename(actor=actor, name=form.cleaned_data["name"])
        messages.success(request, "Saved.")
        return redirect("account")
    context = {"form": form, "membership": membership, **_security(membership.user)}
    context["is_admin"] = membership.role == Membership.Role.ADMIN
    return render(request, "accounts/account.html", context)


def _security(user: User) -> dict[str, object]:
    types = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    return {
        "has_totp": Authenticator.Type.TOTP in types,
        "has_security_key": Authenticator.Type.WEBAUTHN in types,
        "num_sessions": len(UserSession.objects.purge_and_list(user)),
        "idle_minutes": settings.SESSION_IDLE_S // 60,
        "absolute_hours": round(settings.SESSION_ABSOLUTE_S / 3600, 1),
    }


@never_cache
@require_GET
def session(request: HttpRequest) -> HttpResponse:
    """Seconds that are left. Asking counts as activity: it is what "stay signed in" does."""
    if not request.user.is_authenticated:
        raise SignInNeeded
    session_extend(request.session)
    times = session_times(request.session)
    return JsonResponse({"idle_left_s": int(times.idle_left_s), "absolute_left_s": int(times.absolute_left_s)})


@login_required
@never_cache
@require_POST
def session_end(request: HttpRequest, session_id: int) -> HttpResponse:
    """Signs one of one's own other browsers out."""
    session_end_of_user(user=cast(User, request.user), session_id=session_id)
    messages.success(request, "That session was signed out.")
    return redirect("usersessions_list")
