"""Everything that changes a client of a hospital. Administrators act on their own hospital's."""

import uuid
from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet
from oauth2_provider.generators import generate_client_secret
from oauth2_provider.models import get_access_token_model

from webapp.accounts.actors import Actor
from webapp.accounts.models import Membership
from webapp.accounts.services import service_member_create
from webapp.api.models import ApiClient
from webapp.api.oauth.keys import check_source
from webapp.api.services import record, require_scopes
from webapp.audit.actions import Action
from webapp.lib.errors import Conflict, InvalidInput, NotFound

CLIENTS_PER_HOSPITAL = 50


def client_list_for_admin(actor: Actor) -> "QuerySet[ApiClient]":
    clients: QuerySet[ApiClient] = ApiClient.objects.filter(hospital_id=actor.administrator.hospital_id)
    return clients.select_related("membership__user").order_by("name", "pk")


def client_get_for_admin(actor: Actor, client_pk: int) -> ApiClient:
    """Raises NotFound."""
    client: ApiClient | None = client_list_for_admin(actor).filter(pk=client_pk).first()
    if client is None:
        raise NotFound("There is no such client.")
    return client


@transaction.atomic
def client_create(
    *,
    actor: Actor,
    name: str,
    role: str,
    scopes: Collection[str],
    auth_method: str = ApiClient.AuthMethod.SECRET,
    jwks: str = "",
    jwks_uri: str = "",
) -> tuple[ApiClient, str]:
    """The row, and its secret (empty for one that signs), which is shown once. Raises InvalidInput or Conflict."""
    hospital = actor.administrator.hospital
    _check(name=name, role=role, scopes=scopes, auth_method=auth_method, jwks=jwks, jwks_uri=jwks_uri)
    if ApiClient.objects.filter(hospital=hospital).count() >= CLIENTS_PER_HOSPITAL:
        raise Conflict(f"There are {CLIENTS_PER_HOSPITAL} clients. Remove one first.", "too_many_clients")
    secret = generate_client_secret()
    client = ApiClient.objects.create(
        client_id=str(uuid.uuid4()),
        client_secret=secret,
        client_type=ApiClient.CLIENT_CONFIDENTIAL,
        authorization_grant_type=ApiClient.GRANT_CLIENT_CREDENTIALS,
        name=name.strip()[:100],
        hospital=hospital,
        membership=service_member_create(hospital=hospital, name=name.strip()[:100], role=role),
        scopes=sorted(scopes),
        token_endpoint_auth_method=auth_method,
        client_jwks=jwks,
        client_jwks_uri=jwks_uri,
    )
    record(Action.API_CLIENT_CREATE, client, actor=actor, role=role, scopes=client.scopes, method=auth_method)
    return client, secret if auth_method == ApiClient.AuthMethod.SECRET else ""


@transaction.atomic
def client_set_scopes(client: ApiClient, *, actor: Actor, scopes: Collection[str]) -> None:
    """Tokens that were given out reach no further from now on either."""
    require_scopes(scopes)
    before, client.scopes = client.scopes, sorted(scopes)
    client.save(update_fields=["scopes"])
    record(Action.API_CLIENT_UPDATE, client, actor=actor, scopes=client.scopes, before=before)


@transaction.atomic
def client_set_active(client: ApiClient, *, actor: Actor, is_active: bool) -> None:
    client.is_active = is_active
    client.save(update_fields=["is_active"])
    record(Action.API_CLIENT_UPDATE, client, actor=actor, is_active=is_active)


@transaction.atomic
def client_new_secret(client: ApiClient, *, actor: Actor) -> str:
    """The one before is good no more, nor are the tokens that it brought. Raises Conflict for a client that signs."""
    if client.token_endpoint_auth_method != ApiClient.AuthMethod.SECRET:
        raise Conflict("This client has no secret: it signs.", "no_secret")
    secret = generate_client_secret()
    client.client_secret = secret
    client.save(update_fields=["client_secret"])
    get_access_token_model().objects.filter(application=client).delete()
    record(Action.API_CLIENT_SECRET, client, actor=actor)
    return str(secret)


@transaction.atomic
def client_remove(client: ApiClient, *, actor: Actor) -> None:
    """Its account stays, deactivated: it may own videos."""
    record(Action.API_CLIENT_REMOVE, client, actor=actor)
    user = client.membership.user
    client.delete()
    user.is_active = False
    user.save(update_fields=["is_active"])


def _check(*, name: str, role: str, scopes: Collection[str], auth_method: str, jwks: str, jwks_uri: str) -> None:
    require_scopes(scopes)
    if not name.strip():
        raise InvalidInput("Give the client a name.", "name_empty")
    if role not in Membership.Role.values or auth_method not in ApiClient.AuthMethod.values:
        raise InvalidInput("Choose a role and a way to prove itself.", "choice_invalid")
    if auth_method == ApiClient.AuthMethod.PRIVATE_KEY:
        check_source(jwks, jwks_uri)
    elif jwks or jwks_uri:
        raise InvalidInput("A client with a secret has no keys.", "keys_source")
