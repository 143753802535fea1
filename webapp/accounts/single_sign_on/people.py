"""Who it is that a hospital's provider has sent: the account that is tied to the person there, or no account.

A tie is made once, by an address the provider is trusted with, and holds by the person's number at the provider from
then on. Addresses are handed on to others; numbers are not. So an address never opens an account that is tied already.
"""

import logging
from dataclasses import dataclass

from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction

from webapp.accounts.actors import account_actor
from webapp.accounts.models import Hospital, Membership, User
from webapp.accounts.services import account_tied, user_create
from webapp.lib.errors import Conflict, PermissionRefused
from webapp.sign_in_providers import SignInProvider

logger = logging.getLogger(__name__)
SUBJECT_MAX_CHARS = 191
ASK = "Ask your hospital's Debrief administrator."


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a provider says of a person. `is_verified`: None where it says nothing about the address."""

    subject: str
    email: str
    is_verified: bool | None
    name: str


def person_of_claim(provider: SignInProvider, claim: Claim) -> User:
    """Raises PermissionRefused with a sentence that tells nothing of other people's accounts."""
    try:
        with transaction.atomic():
            return _known(provider, claim) or _tied_by_address(provider, claim)
    except (IntegrityError, Conflict) as error:
        raise PermissionRefused(f"This account cannot be used here. {ASK}", "sign_in_conflict") from error


def _known(provider: SignInProvider, claim: Claim) -> User | None:
    tie = SocialAccount.objects.select_related("user").filter(provider=provider.id, uid=claim.subject).first()
    if tie is None:
        return None
    user: User = tie.user
    _require_belongs(user, _hospital(provider))
    return user


def _tied_by_address(provider: SignInProvider, claim: Claim) -> User:
    hospital, email = _hospital(provider), _trusted_email(provider, claim)
    user = User.objects.select_for_update().filter(email=email).first()
    if user is None:
        user = _new(provider, claim, hospital, email)
    _require_belongs(user, hospital)
    if SocialAccount.objects.filter(provider=provider.id, user=user).exists():
        raise PermissionRefused(
            f"{email} was somebody else's at {provider.name} when it last signed in here. {ASK}", "another_subject"
        )
    SocialAccount.objects.create(provider=provider.id, uid=claim.subject, user=user)
    account_tied(user=user, provider_name=provider.name, actor=account_actor(user))
    return user


def _new(provider: SignInProvider, claim: Claim, hospital: Hospital, email: str) -> User:
    """As a surgeon who sees their own videos: every role above that is given by an administrator."""
    if provider.people != "new":
        raise PermissionRefused(f"You are not a member of {hospital.name} in Debrief yet. {ASK}", "not_a_member")
    return user_create(email=email, password=None, name=claim.name[:200] or email, hospital=hospital, actor=None)


def _hospital(provider: SignInProvider) -> Hospital:
    hospital = Hospital.objects.filter(slug=provider.hospital).first()
    if hospital is None:
        logger.error("sign-in provider %s is for the hospital %s, which is not there", provider.id, provider.hospital)
        raise PermissionRefused(f"Sign-in by {provider.name} is not set up to its end. {ASK}", "no_hospital")
    return hospital


def _trusted_email(provider: SignInProvider, claim: Claim) -> str:
    email = claim.email.strip().lower()
    if not email:
        raise PermissionRefused(f"{provider.name} sent no email address of yours. {ASK}", "email_missing")
    is_verified = provider.is_trusted_with_emails if claim.is_verified is None else claim.is_verified
    if not is_verified:
        raise PermissionRefused(f"{provider.name} has not verified your email address. {ASK}", "email_unverified")
    if email.count("@") != 1 or email.rpartition("@")[2] not in provider.email_domains:
        raise PermissionRefused(f"{provider.name} may not sign people of that domain in here. {ASK}", "email_foreign")
    return email


def _require_belongs(user: User, hospital: Hospital) -> None:
    """One hospital's provider opens no account that another hospital relies on, and no program's."""
    if user.is_service:
        raise PermissionRefused(f"This account cannot be used here. {ASK}", "sign_in_conflict")
    if not user.is_active:
        raise PermissionRefused(f"Your account was deactivated. {ASK}", "deactivated")
    hospitals = set(Membership.objects.filter(user=user).values_list("hospital_id", flat=True))
    if hospitals != {hospital.pk}:
        raise PermissionRefused(f"This account cannot be used here. {ASK}", "sign_in_conflict")
