"""A signature: the person proved anew who they are, for this one act, and not only when they signed in."""

import time
from dataclasses import dataclass

from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.http import HttpRequest

from webapp.accounts.models import User

SPENT_KEY = "signature_spent_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """`method` : password, or the kind of second factor · `at` : when, in seconds since 1970."""

    method: str
    at: float


def signature_ask(request: HttpRequest) -> Signature:
    """Raises ReauthenticationRequired, upon which allauth asks for password or second factor and comes back here."""
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
