"""Our words in FHIR's, in one place: codes of the AI transparency guide still move.

FHIR R4 (4.0.1); AI Transparency on FHIR 1.0.0-ballot for the label that AI had a part in something.
"""

from webapp.skills.models import Appeal, SkillReport
from webapp.videos.models import Video

AI_INVOLVED = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "AIAST",
    "display": "Artificial Intelligence asserted",
}
RUBRIC_SYSTEM = "urn:debrief:rubric"
MEDIA_STATUS: dict[str, str] = {
    Video.Status.PROCESSING: "in-progress",
    Video.Status.READY: "completed",
    Video.Status.REJECTED: "not-done",
    Video.Status.FAILED: "not-done",
    Video.Status.CANCELLED: "stopped",
}
REPORT_STATUS: dict[str, str] = {
    SkillReport.State.SCORING: "registered",
    SkillReport.State.FAILED: "cancelled",
    SkillReport.State.DRAFT: "preliminary",
    SkillReport.State.IN_REVIEW: "preliminary",
    SkillReport.State.SIGNED: "final",
    SkillReport.State.AMENDED: "amended",
    SkillReport.State.WITHDRAWN: "entered-in-error",
}
APPEAL_STATUS: dict[str, str] = {
    Appeal.State.OPEN: "requested",
    Appeal.State.READ: "in-progress",
    Appeal.State.UPHELD: "completed",
    Appeal.State.CHANGED: "completed",
}
# Of audit rows, by the last word of their action; all others execute something.
AUDIT_ACTION = {
    "view": "R",
    "play": "R",
    "export": "R",
    "create": "C",
    "upload": "C",
    "begin": "C",
    "ask": "C",
    "request": "C",
    "rename": "U",
    "update": "U",
    "delete": "D",
    "remove": "D",
}
EXECUTE = "E"


def states_of(table: dict[str, str], status: str) -> list[str]:
    """Our states that FHIR calls `status`."""
    return [state for state, words in table.items() if words == status]
