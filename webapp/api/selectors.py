"""The only door to tokens and clients: one's own tokens, one's own hospital's clients."""

import uuid

from django.db.models import QuerySet

from webapp.accounts.actors import Actor
from webapp.api.models import ApiToken
from webapp.lib.errors import NotFound


def token_list_for_actor(actor: Actor) -> "QuerySet[ApiToken]":
    return ApiToken.objects.filter(membership=actor.member)


def token_get_for_actor(actor: Actor, token_id: uuid.UUID) -> ApiToken:
    """Raises NotFound."""
    token = token_list_for_actor(actor).filter(pk=token_id).first()
    if token is None:
        raise NotFound("There is no such token, or it is not yours.")
    return token
