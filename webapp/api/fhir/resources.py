"""Our rows as FHIR R4 resources. Built with R4B's models, whose elements used here are R4's too: tests check that."""

from datetime import date, datetime
from typing import Any

from django.urls import reverse
from fhir.resources.R4B.auditevent import AuditEvent as FhirAuditEvent
from fhir.resources.R4B.diagnosticreport import DiagnosticReport
from fhir.resources.R4B.fhirresourcemodel import FHIRResourceModel
from fhir.resources.R4B.media import Media
from fhir.resources.R4B.observation import Observation
from fhir.resources.R4B.provenance import Provenance
from fhir.resources.R4B.task import Task

from webapp.api.fhir import words
from webapp.api.identifiers import identifiers_of
from webapp.audit.models import AuditEvent
from webapp.lib.intended_use import INTENDED_USE
from webapp.skills.models import Appeal, ReportItem, SignedRevision, SkillReport
from webapp.videos.models import Video

Resource = dict[str, Any]
AI_META = {"security": [words.AI_INVOLVED]}


def media(video: Video) -> Resource:
    content = video.content
    return _built(
        Media,
        id=str(video.pk),
        identifier=[{"system": one.system, "value": one.value} for one in identifiers_of(video)] or None,
        status=words.MEDIA_STATUS[video.status],
        type=_coded("http://terminology.hl7.org/CodeSystem/media-type", "video", "Video"),
        createdDateTime=_when(video.operated_on or video.created_at),
        issued=_when(video.created_at),
        duration=content.duration_s,
        width=content.width_px,
        height=content.height_px,
        deviceName="Debrief",
        content={"contentType": "video/mp4", "url": reverse("api:video_media", args=[video.pk])},
    )


def diagnostic_report(report: SkillReport, *, is_open: bool) -> Resource:
    """`is_open`: else nothing of what it says is in it."""
    revision = _revision(report) if is_open else None
    items = list(report.items.all()) if is_open else []
    return _built(
        DiagnosticReport,
        id=str(report.pk),
        meta=AI_META,
        status=words.REPORT_STATUS[report.state],
        category=[{"text": "Formative feedback on technical skill, not diagnostic"}],
        code={"text": f"Skill report under {report.rubric.name}, version {report.rubric.version}"},
        effectiveDateTime=_when(report.video.operated_on or report.video.created_at),
        issued=_when(revision.signed_at if revision else report.scored_at),
        resultsInterpreter=[{"display": _signer_words(one)} for one in revision.signers] if revision else None,
        result=[{"reference": f"Observation/{observation_id(report, item)}"} for item in items] or None,
        media=[{"link": {"reference": f"Media/{report.video_id}"}}],
        conclusion=INTENDED_USE,
        presentedForm=_document(report, revision),
    )


def observation_id(report: SkillReport, item: ReportItem) -> str:
    return f"{report.pk}.{item.pk}"


def observation(report: SkillReport, item: ReportItem) -> Resource:
    """The signed score where there is one, else what the comparison expects; the range is the comparison's."""
    revision = _revision(report)
    signed = revision.scores.get(item.item.key) if revision else None
    value = signed if signed is not None else item.expected
    return _built(
        Observation,
        id=observation_id(report, item),
        meta=AI_META,
        status=words.REPORT_STATUS[report.state].replace("entered-in-error", "cancelled"),
        code=_coded(f"{words.RUBRIC_SYSTEM}:{report.rubric.slug}", item.item.key, item.item.name),
        effectiveDateTime=_when(report.video.operated_on or report.video.created_at),
        issued=_when(revision.signed_at if revision else report.scored_at),
        valueQuantity=None if value is None else {"value": value, "unit": "score"},
        dataAbsentReason=_absent(item.reason) if value is None else None,
        referenceRange=[{"low": {"value": report.rubric.score_min}, "high": {"value": report.rubric.score_max}}],
        component=_range(item) or None,
        device={"display": _device_words(report)},
        derivedFrom=[{"reference": f"Media/{report.video_id}"}],
    )


def review_task(report: SkillReport) -> Resource:
    """A submitted report waits for its readers."""
    status = {"in_review": "requested", "draft": "rejected", "withdrawn": "cancelled"}.get(report.state, "completed")
    return _built(
        Task,
        id=str(report.pk),
        status=status,
        intent="order",
        code={"text": "Read and sign"},
        focus={"reference": f"DiagnosticReport/{report.pk}"},
        authoredOn=_when(report.submitted_at),
    )


def appeal_task(appeal: Appeal) -> Resource:
    """A contested item waits for a second reader. They have seen nothing of it: neither the item nor words are told."""
    return _built(
        Task,
        id=str(appeal.pk),
        status=words.APPEAL_STATUS[appeal.state],
        intent="order",
        code={"text": "Read a contested item anew and answer"},
        focus={"reference": f"DiagnosticReport/{appeal.report_id}"},
        partOf=[{"reference": f"Task/{appeal.report_id}"}],
        authoredOn=_when(appeal.created_at),
        lastModified=_when(appeal.answered_at or appeal.read_at or appeal.created_at),
    )


def provenance(report: SkillReport) -> Resource:
    """What compared, and who signed."""
    revision = _revision(report)
    made = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
    agents = [{"type": _coded(made, "assembler", "Assembler"), "who": {"display": _device_words(report)}}]
    for one in revision.signers if revision else []:
        agents.append({"type": _coded(made, "verifier", "Verifier"), "who": {"display": _signer_words(one)}})
    return _built(
        Provenance,
        id=str(report.pk),
        meta=AI_META,
        target=[{"reference": f"DiagnosticReport/{report.pk}"}],
        recorded=_when(revision.signed_at if revision else report.scored_at or report.created_at),
        agent=agents,
        entity=[{"role": "source", "what": {"reference": f"Media/{report.video_id}"}}],
    )


def audit_event(event: AuditEvent) -> Resource:
    who = event.actor_email or "system"
    entity = {"what": {"identifier": {"value": event.object_id}}, "name": event.object_type}
    return _built(
        FhirAuditEvent,
        id=str(event.sequence),
        type={"system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest"},
        subtype=[{"system": "urn:debrief:audit", "code": event.action}],
        action=words.AUDIT_ACTION.get(event.action.rpartition(".")[2], words.EXECUTE),
        recorded=_when(event.at),
        outcome="4" if event.action.endswith(("failed", "locked")) else "0",
        agent=[{"requestor": True, "who": {"display": who}, "network": _network(event)}],
        source={"observer": {"display": "Debrief"}},
        entity=[entity] if event.object_id else None,
    )


def _network(event: AuditEvent) -> dict[str, str] | None:
    return {"address": event.ip_address, "type": "2"} if event.ip_address else None


def _revision(report: SkillReport) -> SignedRevision | None:
    """The one that stands."""
    revisions = list(report.revisions.all())
    return revisions[-1] if revisions else None


def _document(report: SkillReport, revision: SignedRevision | None) -> list[dict[str, str]] | None:
    if revision is None:
        return None
    url = reverse("api:report_document", args=[report.pk])
    return [{"contentType": "application/pdf", "url": url, "title": f"Skill report, revision {revision.number}"}]


def _range(item: ReportItem) -> list[dict[str, Any]]:
    ends = (("Lower end of what the comparison expects", item.low), ("Upper end of it", item.high))
    return [
        {"code": {"text": name}, "valueQuantity": {"value": value, "unit": "score"}}
        for name, value in ends
        if value is not None
    ]


def _absent(reason: str) -> dict[str, Any]:
    coded = _coded("http://terminology.hl7.org/CodeSystem/data-absent-reason", "not-performed", "Not Performed")
    return {**coded, "text": reason or "The comparison says nothing of it"}


def _device_words(report: SkillReport) -> str:
    names = [str(one.version) for one in report.models.all()]
    return ", ".join(names) or "Debrief's comparison"


def _signer_words(signer: dict[str, Any]) -> str:
    return str(signer.get("name") or signer.get("email") or signer.get("id") or "a reviewer")


def _coded(system: str, code: str, display: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": display}], "text": display}


def _when(moment: datetime | date | None) -> str | None:
    return moment.isoformat() if moment else None


def _built(kind: type[FHIRResourceModel], /, **fields: Any) -> Resource:
    """Raises ValueError for what is no resource of this kind."""
    built = kind.model_validate({name: value for name, value in fields.items() if value is not None})
    found: Resource = built.model_dump(mode="json", exclude_none=True)
    return found
