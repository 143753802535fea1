"""What a token may reach, by resource. A role can do less than a scope lets through, never more.

`reach`: the scopes of an Actor that it opens, which services and selectors ask for again.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from webapp.accounts.actors import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiScope:
    words: str
    reach: frozenset[Scope]


def _scope(words: str, *reach: Scope) -> ApiScope:
    return ApiScope(words=words, reach=frozenset(reach))


SCOPES: dict[str, ApiScope] = {
    "videos:read": _scope("Read videos, their timelines and uploads", "videos"),
    "videos:write": _scope("Upload, rename and remove videos", "videos"),
    "jobs:read": _scope("Read background work", "jobs"),
    "jobs:write": _scope("Cancel and retry background work", "jobs"),
    "conversations:read": _scope("Read the own questions and their answers", "conversations", "videos"),
    "conversations:write": _scope("Ask about videos, stop and judge answers", "conversations", "videos"),
    "skills:read": _scope("Read skill reports, what waits for readers, and references", "skills", "videos"),
    "skills:write": _scope("Ask for reports, submit, open, read and contest them", "skills", "videos"),
    "models:read": _scope("Read which models there are"),
    "training:read": _scope("Read training runs", "administration"),
    "departments:read": _scope("Read departments and their policy", "administration"),
    "departments:write": _scope("Change departments' policy", "administration"),
    "members:read": _scope("Read who belongs to the hospital", "administration"),
    "members:write": _scope("Deactivate and activate members", "administration"),
    "audit:read": _scope("Read the audit log", "administration"),
    "webhooks:read": _scope("Read webhooks and their deliveries", "administration"),
    "webhooks:write": _scope("Add, change and remove webhooks", "administration"),
    "usage:read": _scope("Read how much storage is used", "administration"),
}
# SMART's names, for FHIR: reading and searching.
SCOPES |= {
    "system/Media.rs": _scope("Read videos as FHIR Media", "videos"),
    "system/DiagnosticReport.rs": _scope("Read skill reports as FHIR", "skills", "videos"),
    "system/Observation.rs": _scope("Read items of skill reports as FHIR", "skills", "videos"),
    "system/Task.rs": _scope("Read what waits for readers as FHIR", "skills", "videos"),
    "system/Provenance.rs": _scope("Read who made and signed reports as FHIR", "skills", "videos"),
    "system/AuditEvent.rs": _scope("Read the audit log as FHIR", "administration"),
}


def reach_of(names: Iterable[str]) -> frozenset[Scope]:
    """Of scopes that are known; one of a version that is gone opens nothing."""
    known = [SCOPES[name].reach for name in names if name in SCOPES]
    return frozenset().union(*known)
