"""How background work is called on the page of the audit log."""

from collections.abc import Collection

from webapp.audit.names import names_register, uuids
from webapp.jobs.models import Job


def job_names(hospital_id: str, ids: Collection[str]) -> dict[str, str]:
    jobs = Job.objects.filter(hospital_id=hospital_id, pk__in=uuids(ids))
    return {str(pk): title for pk, title in jobs.values_list("pk", "title")}


names_register("job", job_names)
