"""What is signed: a revision is added with the hash of all that it says, and the log has the hash too."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from webapp.accounts.actors import Actor
from webapp.accounts.signatures import Signature
from webapp.audit.actions import Action
from webapp.skills.models import SignedRevision, SkillReport
from webapp.skills.reports import record


def revision_add(
    report: SkillReport,
    *,
    action: Action,
    actor: Actor,
    signature: Signature,
    scores: Mapping[str, float],
    levels: Sequence[str],
    comment: str,
    why: str = "",
) -> SignedRevision:
    """Call it in the transaction that changed the report's state."""
    latest = report.revisions.order_by("-number").first()
    revision = SignedRevision(
        report=report,
        number=latest.number + 1 if latest else 1,
        scores=dict(scores),
        levels=list(levels),
        comment=comment,
        why=why,
        signers=[*_signers_before(report, actor), _signer(actor, signature)],
        signed_at=timezone.now(),
    )
    revision.sha256 = digest(signed_part(report, revision))
    revision.save(force_insert=True)
    record(action, report, actor=actor, revision=revision.number, sha256=revision.sha256)
    return revision


def signed_part(report: SkillReport, revision: SignedRevision) -> dict[str, Any]:
    """All that a signature covers, as JSON holds it. No title and no file name: they may name a patient."""
    content, rubric = report.video.content, report.rubric
    return {
        "report": str(report.pk),
        "procedure": report.procedure,
        "surgeon": str(report.surgeon_id),
        "video": {"sha256": content.sha256, "duration_s": content.duration_s, "size_bytes": content.size_bytes},
        "rubric": {
            "name": rubric.name,
            "version": rubric.version,
            "source": rubric.source,
            "items": [{"key": item.key, "name": item.name} for item in rubric.items.all()],
        },
        "compared": {
            "levels": report.scorer.levels,
            "score": report.score,
            "items": [
                {
                    "key": item.item.key,
                    "probabilities": item.probabilities,
                    "expected": item.expected,
                    "low": item.low,
                    "high": item.high,
                    "reason": item.reason,
                }
                for item in report.items.select_related("item")
            ],
        },
        "references": [
            {"key": one.key, "sha256": one.sha256, "level": one.level, "start_s": one.start_s, "end_s": one.end_s}
            for one in report.references.all()
        ],
        "models": [
            {"kind": one.version.kind, "name": one.version.name, "sha256": one.version.sha256}
            for one in report.models.select_related("version").order_by("version__kind", "version__name")
        ],
        "revision": {
            "number": revision.number,
            "scores": revision.scores,
            "levels": revision.levels,
            "comment": revision.comment,
            "why": revision.why,
            "signers": revision.signers,
        },
    }


def digest(part: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the part as JSON with sorted keys and no spaces."""
    text = json.dumps(part, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _signer(actor: Actor, signature: Signature) -> dict[str, Any]:
    return {
        "name": str(actor.person),
        "id": str(actor.person.pk),
        "method": signature.method,
        "at": round(signature.at),
    }


def _signers_before(report: SkillReport, actor: Actor) -> list[dict[str, Any]]:
    """The other readers who signed the same scores. An amendment is its signer's alone."""
    if report.revisions.exists():
        return []
    others = report.reviews.exclude(signed_at=None).exclude(reviewer=actor.person).select_related("reviewer")
    return [
        {
            "name": str(review.reviewer),
            "id": str(review.reviewer_id),
            "method": review.signed_by,
            "at": round(review.signed_at.timestamp()),
        }
        for review in others
        if review.signed_at is not None
    ]
