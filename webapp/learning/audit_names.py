"""How corrections are called on the page of the audit log: by their video, while it exists."""

from collections.abc import Collection

from webapp.audit.names import names_register, uuids
from webapp.learning.models import Correction


def correction_names(hospital_id: str, ids: Collection[str]) -> dict[str, str]:
    found = Correction.objects.filter(hospital_id=hospital_id, pk__in=uuids(ids))
    titles = found.values_list("pk", "answer__question__conversation__video__title")
    return {str(pk): f"about {title}" for pk, title in titles}


names_register("correction", correction_names)
