"""Writes down sign-ins, sign-outs and what happened to accounts."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.signals import password_changed, password_reset
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from webapp.accounts.actors import Actor, account_actor
from webapp.accounts.lockout import attempted_email
from webapp.accounts.models import Hospital, Membership, User
from webapp.accounts.signals import account_changed, sign_in_refused
from webapp.audit.actions import Action
from webapp.audit.services import audit_record
from webapp.lib.clients import client_ip


@receiver(user_logged_in, dispatch_uid="audit.signed_in")
def signed_in(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    del sender
    _record_of_user(Action.SIGN_IN, user, request, **_provider(request, user))


@receiver(user_logged_out, dispatch_uid="audit.signed_out")
def signed_out(sender: Any, request: HttpRequest, user: User | None, **_: Any) -> None:
    del sender
    if user is not None:
        reason = getattr(request, "session_end_reason", "asked")
        _record_of_user(Action.SIGN_OUT, user, request, reason=reason)


@receiver(user_login_failed, dispatch_uid="audit.sign_in_failed")
def sign_in_failed(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    del sender
    _record_attempt(Action.SIGN_IN_FAILED, attempted_email(request, credentials), request)


@receiver(sign_in_refused, dispatch_uid="audit.sign_in_refused")
def refused(sender: Any, *, request: HttpRequest, hospital_slug: str, email: str, reason: str, **_: Any) -> None:
    """In the chain of the hospital whose provider sent them, whosever the address is."""
    del sender
    audit_record(
        action=Action.SIGN_IN_FAILED,
        hospital=Hospital.objects.filter(slug=hospital_slug).first(),
        object_type="user",
        ip_address=client_ip(request),
        detail={"email": email, "reason": reason},
    )


@receiver(user_locked_out, dispatch_uid="audit.sign_in_locked")
def sign_in_locked(sender: Any, request: HttpRequest, **_: Any) -> None:
    del sender
    email = attempted_email(request, getattr(request, "axes_credentials", None))
    _record_attempt(Action.SIGN_IN_LOCKED, email, request)


@receiver(authentication_failed, dispatch_uid="audit.second_factor_failed")
def second_factor_failed(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    del sender
    _record_attempt(Action.SIGN_IN_FAILED, user.email, request, reason="second factor")


@receiver(password_changed, dispatch_uid="audit.password_changed")
@receiver(password_reset, dispatch_uid="audit.password_reset")
def password_set(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    del sender
    _record_of_user(Action.ACCOUNT_PASSWORD_SET, user, request)


@receiver(authenticator_added, dispatch_uid="audit.factor_added")
def factor_added(sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    del sender
    _record_of_user(Action.ACCOUNT_SECOND_FACTOR_ADDED, user, request, type=authenticator.type)


@receiver(authenticator_removed, dispatch_uid="audit.factor_removed")
def factor_removed(sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    del sender
    _record_of_user(Action.ACCOUNT_SECOND_FACTOR_REMOVED, user, request, type=authenticator.type)


@receiver(authenticator_reset, dispatch_uid="audit.factor_reset")
def factor_reset(sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    del sender
    _record_of_user(Action.ACCOUNT_RECOVERY_CODES_MADE, user, request, type=authenticator.type)


@receiver(account_changed, dispatch_uid="audit.account_changed")
def changed_by_admin(
    sender: Any,
    *,
    actor: Actor | None,
    hospital: Hospital,
    action: str,
    object_type: str,
    object_id: str,
    detail: dict[str, Any],
    **_: Any,
) -> None:
    del sender
    audit_record(
        action=Action(action),
        actor=actor,
        hospital=hospital,
        object_type=object_type,
        object_id=object_id,
        detail=detail,
    )


def _record_of_user(action: Action, user: User, request: HttpRequest, **detail: Any) -> None:
    audit_record(
        action=action,
        actor=account_actor(user),
        hospital=_hospital_of(user.email),
        object_type="user",
        object_id=str(user.pk),
        ip_address=client_ip(request),
        detail=detail,
    )


def _record_attempt(action: Action, email: str, request: HttpRequest | None, **detail: Any) -> None:
    """Nobody has proved to be anyone yet, so there is no actor: only the address that was tried."""
    user = User.objects.filter(email=email).first()
    audit_record(
        action=action,
        hospital=_hospital_of(email),
        object_type="user",
        object_id=str(user.pk) if user else "",
        ip_address=client_ip(request) if request else "",
        detail={"email": email, **detail},
    )


def _provider(request: HttpRequest, user: User) -> dict[str, str]:
    """Of a sign-in by the hospital's own provider: which one."""
    records = get_authentication_records(request, user)
    providers = [str(record["provider"]) for record in records if record["method"] == "socialaccount"]
    return {"provider": providers[-1]} if providers else {}


def _hospital_of(email: str) -> Hospital | None:
    membership = Membership.objects.select_related("hospital").filter(user__email=email).order_by("created_at").first()
    return membership.hospital if membership else None
