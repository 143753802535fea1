"""How corrections and runs are called on the page of the audit log: by their video while it exists, by their number."""

from collections.abc import Collection

from webapp.audit.names import names_register, uuids
from webapp.learning.models import Correction, TrainingRun


def correction_names(hospital_id: str, ids: Collection[str]) -> dict[str, str]:
    found = Correction.objects.filter(hospital_id=hospital_id, pk__in=uuids(ids))
    titles = found.values_list("pk", "answer__question__conversation__video__title")
    return {str(pk): f"about {title}" for pk, title in titles}


def run_names(hospital_id: str, ids: Collection[str]) -> dict[str, str]:
    found = TrainingRun.objects.filter(hospital_id=hospital_id, pk__in=uuids(ids))
    return {str(run.pk): str(run) for run in found}


names_register("training_run", run_names)
names_register("correction", correction_names)
