"""How reports, references and their like are called on the page of the audit log: by their video, while it exists."""

from collections.abc import Collection

from webapp.audit.names import names_register, uuids
from webapp.skills.models import ReferenceClip, Rubric, Scorer, SkillReport


def report_names(hospital_id: str, ids: Collection[str]) -> dict[str, str]:
    reports = SkillReport.objects.filter(hospital_id=hospital_id, pk__in=uuids(ids))
    return {str(pk): f"about {title}" for pk, title in reports.values_list("pk", "video__title")}


def reference_names(hospital_id: str, ids: Collection[str]) -> dict[str, str]:
    clips = ReferenceClip.objects.filter(hospital_id=hospital_id, pk__in=uuids(ids))
    return {str(clip.pk): str(clip) for clip in clips}


def rubric_names(hospital_id: str, ids: Collection[str]) -> dict[str, str]:
    return {str(one.pk): str(one) for one in Rubric.objects.filter(hospital_id=hospital_id, pk__in=uuids(ids))}


def scorer_names(hospital_id: str, ids: Collection[str]) -> dict[str, str]:
    scorers = Scorer.objects.select_related("rubric").filter(hospital_id=hospital_id, pk__in=uuids(ids))
    return {str(one.pk): str(one) for one in scorers}


names_register("skill_report", report_names)
names_register("reference", reference_names)
names_register("rubric", rubric_names)
names_register("scorer", scorer_names)
