"""A signature: the person proved anew who they are, for this one act, and not only when they signed in."""

import time
from dataclasses import dataclass

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.http import HttpRequest

from webapp.accounts.models import User
from webapp.lib.errors import PermissionRefused

SPENT_KEY = "signature_spent_at"
NOTHING_TO_ASK_FOR = "Set up a second factor on the page of your account first: a signature asks for it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """`method` : password, or the kind of second factor · `at` : when, in seconds since 1970."""

    method: str
    at: float


def signature_ask(request: HttpRequest) -> Signature:
    """Raises ReauthenticationRequired, upon which allauth asks for password or second factor and comes back here.

    Raises PermissionRefused for who has neither, because their hospital signs them in.
    """
    if isinstance(request.user, User) and not get_reauthentication_flows(request.user):
        raise PermissionRefused(NOTHING_TO_ASK_FOR, "second_factor_needed")
    records = get_authentication_records(request, request.user if isinstance(request.user, User) else None)
    proofs = [record for record in records if record.get("reauthenticated")]
    latest = proofs[-1] if proofs else None
    oldest = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    if latest is None or float(latest["at"]) <= max(oldest, float(request.session.get(SPENT_KEY, 0))):
        raise ReauthenticationRequired
    return Signature(method=str(latest.get("type") or latest["method"]), at=float(latest["at"]))


def signature_spend(request: HttpRequest, signature: Signature) -> None:
    """The next act asks again."""
    request.session[SPENT_KEY] = signature.at
