"""A signed report as JSON that can be verified elsewhere: what was signed, its hash, and the hashes before it."""

from typing import Any

from webapp.lib.intended_use import FORMATIVE, INTENDED_USE
from webapp.skills.models import SkillReport
from webapp.skills.signing import signed_part

FORMAT = "debrief.skill.report/1"
STATEMENT = f"{FORMATIVE} People signed what stands here."


def bundle_of(report: SkillReport) -> dict[str, Any]:
    """Of the revision that stands. `sha256` is that of `signed` (signing.digest). Needs a signed report."""
    revisions = list(report.revisions.all())
    latest = revisions[-1]
    return {
        "format": FORMAT,
        "intended_use": INTENDED_USE,
        "statement": STATEMENT,
        "state": report.state,
        "signed": signed_part(report, latest),
        "sha256": latest.sha256,
        "revisions": [
            {"number": one.number, "sha256": one.sha256, "signed_at": one.signed_at.isoformat()} for one in revisions
        ],
        "appeals": [
            {
                "item": appeal.item.key,
                "state": appeal.state,
                "start_s": appeal.start_s,
                "end_s": appeal.end_s,
                "reason": appeal.reason,
                "answer": appeal.answer,
            }
            for appeal in report.appeals.select_related("item")
        ],
    }
