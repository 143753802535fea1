"""Rubrics, references and scorers, and the reports that come of them."""

from webapp.skills.models.references import ReferenceClip, Scorer
from webapp.skills.models.reports import (
    ReportFact,
    ReportItem,
    ReportModel,
    ReportReference,
    ReportSight,
    SignedRevision,
    SkillReport,
)
from webapp.skills.models.reviews import Appeal, Review
from webapp.skills.models.rubrics import Rubric, RubricItem
from webapp.skills.models.sharing import PeerSharing

__all__ = [
    "Appeal",
    "PeerSharing",
    "ReferenceClip",
    "ReportFact",
    "ReportItem",
    "ReportModel",
    "ReportReference",
    "ReportSight",
    "Review",
    "Rubric",
    "RubricItem",
    "Scorer",
    "SignedRevision",
    "SkillReport",
]
