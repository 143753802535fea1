"""Everything that changes people's own tokens."""

import secrets
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from webapp.accounts.actors import Actor
from webapp.api.bearer import TOKEN_PREFIX, token_hash
from webapp.api.models import ApiToken
from webapp.api.scopes import SCOPES
from webapp.audit.actions import Action
from webapp.audit.services import audit_record
from webapp.lib.errors import Conflict, InvalidInput

TOKEN_BYTES = 32
TOKEN_DAYS_MAX = 366
TOKENS_PER_PERSON = 20


@transaction.atomic
def token_create(*, actor: Actor, name: str, scopes: Collection[str], num_days: int) -> tuple[ApiToken, str]:
    """The row and the token's text, which is shown to its owner once. Raises InvalidInput or Conflict."""
    require_scopes(scopes)
    if not 1 <= num_days <= TOKEN_DAYS_MAX:
        raise InvalidInput(f"A token is good for 1 to {TOKEN_DAYS_MAX} days.", "days_invalid")
    if ApiToken.objects.filter(membership=actor.member).count() >= TOKENS_PER_PERSON:
        raise Conflict(f"You have {TOKENS_PER_PERSON} tokens. Revoke one first.", "too_many_tokens")
    text = TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    token = ApiToken.objects.create(
        membership=actor.member,
        name=name.strip()[:100] or "Token",
        token_hash=token_hash(text),
        scopes=sorted(scopes),
        expires_at=timezone.now() + timedelta(days=num_days),
    )
    record(Action.API_TOKEN_CREATE, token, actor=actor, scopes=token.scopes)
    return token, text


@transaction.atomic
def token_revoke(token: ApiToken, *, actor: Actor) -> None:
    record(Action.API_TOKEN_REVOKE, token, actor=actor)
    token.delete()


def require_scopes(scopes: Collection[str]) -> None:
    """Raises InvalidInput for none, or for one that there is not."""
    if not scopes or not set(scopes) <= set(SCOPES):
        raise InvalidInput("Choose what it may reach.", "scopes_invalid")


def record(action: Action, row: Any, *, actor: Actor, **detail: Any) -> None:
    audit_record(
        action=action,
        actor=actor,
        hospital=actor.hospital,
        object_type=row._meta.model_name,
        object_id=str(row.pk),
        detail=detail,
    )
