"""How tokens, clients and webhooks are called on the page of the audit log."""

from collections.abc import Collection

from webapp.api.models import ApiClient, ApiToken, Webhook
from webapp.audit.names import names_register, numbers, uuids


def token_names(hospital_id: str, ids: Collection[str]) -> dict[str, str]:
    tokens = ApiToken.objects.filter(membership__hospital_id=hospital_id, pk__in=uuids(ids))
    return {str(pk): name for pk, name in tokens.values_list("pk", "name")}


def client_names(hospital_id: str, ids: Collection[str]) -> dict[str, str]:
    clients = ApiClient.objects.filter(hospital_id=hospital_id, pk__in=numbers(ids))
    return {str(pk): name for pk, name in clients.values_list("pk", "name")}


def webhook_names(hospital_id: str, ids: Collection[str]) -> dict[str, str]:
    webhooks = Webhook.objects.filter(hospital_id=hospital_id, pk__in=uuids(ids))
    return {str(pk): name for pk, name in webhooks.values_list("pk", "name")}


names_register("apitoken", token_names)
names_register("apiclient", client_names)
names_register("webhook", webhook_names)
