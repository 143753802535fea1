"""How tokens are called on the page of the audit log."""

from collections.abc import Collection

from webapp.api.models import ApiToken
from webapp.audit.names import names_register, uuids


def token_names(hospital_id: str, ids: Collection[str]) -> dict[str, str]:
    tokens = ApiToken.objects.filter(membership__hospital_id=hospital_id, pk__in=uuids(ids))
    return {str(pk): name for pk, name in tokens.values_list("pk", "name")}


names_register("apitoken", token_names)
