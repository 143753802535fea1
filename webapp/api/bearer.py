"""Who holds a bearer token: a person's own (`ApiToken`), or one that a client of a hospital was given for minutes."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import OperationalError
from django.db.models import Model
from django.utils import timezone
from oauth2_provider.models import get_access_token_model

from webapp.accounts.actors import Actor, api_actor
from webapp.api.models import ApiClient, ApiToken
from webapp.api.scopes import reach_of
from webapp.lib.errors import PermissionRefused, SignInNeeded
from webapp.lib.impatience import impatient

TOKEN_PREFIX = "debrief_"  # noqa: S105 - secret scanners find our tokens by it
# One write a minute is precise enough to tell a token that nobody uses any more.
NOTE_USE_EVERY_S = 60
NOT_KNOWN = "This token is not known, has expired or was revoked."


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """`caller`: what requests are counted by."""

    actor: Actor
    scopes: frozenset[str]
    caller: str

    def require(self, scope: str) -> None:
        """Raises PermissionRefused."""
        if scope not in self.scopes:
            raise PermissionRefused(f"This token does not have the scope {scope}.", "scope_needed")


def bearer_actor(authorization: str, scope: str) -> Actor:
    """The door that `webapp.accounts.doors` knows."""
    access = access_of(authorization)
    access.require(scope)
    return access.actor


def access_of(authorization: str) -> Access:
    """Raises SignInNeeded for anything but a token that is good now."""
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or len(token) > 500:
        raise SignInNeeded("Send a token: Authorization: Bearer ...", "token_needed")
    return _personal(token) if token.startswith(TOKEN_PREFIX) else _of_client(token)


def token_hash(token: str) -> str:
    """Tokens are long and random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def _personal(token: str) -> Access:
    rows = ApiToken.objects.select_related("membership__user", "membership__hospital", "membership__department")
    row = rows.filter(token_hash=token_hash(token)).first()
    if row is None or row.expires_at <= timezone.now():
        raise SignInNeeded(NOT_KNOWN, "token_invalid")
    _note_use(row, row.last_used_at)
    scopes = frozenset(row.scopes)
    actor = api_actor(row.membership, reach_of(scopes))
    return Access(actor=actor, scopes=scopes, caller=f"token:{row.pk}")


def _of_client(token: str) -> Access:
    rows = get_access_token_model().objects.select_related(
        "application__membership__user", "application__membership__hospital", "application__membership__department"
    )
    row = rows.filter(token_checksum=token_hash(token)).first()
    client: ApiClient | None = row.application if row else None
    if row is None or client is None or row.is_expired() or not client.is_active:
        raise SignInNeeded(NOT_KNOWN, "token_invalid")
    _note_use(client, client.last_used_at)
    scopes = frozenset(row.scope.split()) & frozenset(client.scopes)
    actor = api_actor(client.membership, reach_of(scopes))
    return Access(actor=actor, scopes=scopes, caller=f"client:{client.pk}")


def _note_use(row: Model, last_used_at: datetime | None) -> None:
    now = timezone.now()
    if last_used_at is not None and now - last_used_at < timedelta(seconds=NOTE_USE_EVERY_S):
        return
    try:
        with impatient():
            type(row)._default_manager.filter(pk=row.pk).update(last_used_at=now)
    except OperationalError:
        return
