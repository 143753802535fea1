"""Reading, signing, returning, amending. A reader's own scores come first; only then is anything shown to them."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from webapp.accounts.actors import Actor
from webapp.accounts.signatures import Signature
from webapp.audit.actions import Action
from webapp.conversations.text import clean_reason
from webapp.lib.errors import Conflict, InvalidInput
from webapp.notices.services import notice_send
from webapp.skills.models import Review, SignedRevision, SkillReport
from webapp.skills.permissions import require_reviewer
from webapp.skills.references import clean_level
from webapp.skills.reports import (
    record,
    report_locked,
    report_page,
    require_signer,
    require_state,
    reviewers_of,
    sight_note,
)
from webapp.skills.rubrics import clean_scores
from webapp.skills.signing import revision_add

State = SkillReport.State
NOT_IN_REVIEW = "This report is not in review any more. Reload the page."


@transaction.atomic
def review_read(
    report: SkillReport, *, actor: Actor, scores: Mapping[str, Any], level: str, comment: str = ""
) -> Review:
    """Records a reader's own scores. From then on they see the comparison and, of two readers, the other's scores."""
    require_reviewer(actor, report)
    locked = report_locked(report.pk)
    require_state(locked, State.IN_REVIEW, words=NOT_IN_REVIEW)
    if locked.reviews.filter(reviewer=actor.person).exists():
        raise Conflict("You have read this video before. Your first reading stands.", code="already_read")
    if locked.sights.filter(person=actor.person).exists():
        raise Conflict("You have seen this report, so you cannot read its video blind.", code="not_blind")
    if len(standing_reviews(locked)) >= locked.scorer.num_reviewers:
        raise Conflict("This report has its readers. Choose another one.", code="enough_readers")
    review = Review.objects.create(
        report=locked,
        reviewer=actor.person,
        blind_scores=clean_scores(locked.rubric, scores),
        blind_level=_known_level(locked, level),
        comment=clean_reason(comment),
    )
    sight_note(locked, actor.person)
    record(Action.SKILL_READ, locked, actor=actor)
    return review


@transaction.atomic
def review_sign(
    report: SkillReport,
    *,
    actor: Actor,
    scores: Mapping[str, Any],
    level: str,
    comment: str,
    signature: Signature,
) -> Review:
    """With the last signature that is needed the report is signed: each item's score is the mean of the readers'."""
    require_reviewer(actor, report)
    locked = report_locked(report.pk)
    require_state(locked, State.IN_REVIEW, words=NOT_IN_REVIEW)
    review = _own_review(locked, actor)
    if review.signed_at is not None:
        raise Conflict("You have signed this report.", code="already_signed")
    review.scores, review.level = clean_scores(locked.rubric, scores), _known_level(locked, level)
    review.comment, review.signed_at, review.signed_by = clean_reason(comment), timezone.now(), signature.method
    review.save(update_fields=["scores", "level", "comment", "signed_at", "signed_by"])
    signed = list(locked.reviews.exclude(signed_at=None))
    if len(signed) < locked.scorer.num_reviewers:
        record(Action.SKILL_SIGN, locked, actor=actor)
        return review
    locked.state = State.SIGNED
    locked.save(update_fields=["state"])
    revision_add(
        locked,
        action=Action.SKILL_SIGN,
        actor=actor,
        signature=signature,
        scores=mean_scores([one.scores for one in signed]),
        levels=[one.level for one in signed],
        comment="\n\n".join(one.comment for one in signed if one.comment),
    )
    words = "Your skill report was signed. You can read it, and contest what you see otherwise."
    notice_send([locked.surgeon], hospital=locked.hospital, text=words, url=report_page(locked))
    return review


@transaction.atomic
def review_return(report: SkillReport, *, actor: Actor, reason: str) -> None:
    """in review -> draft, with a sentence for the surgeon. What was read stays; signatures do not."""
    require_reviewer(actor, report)
    locked = report_locked(report.pk)
    require_state(locked, State.IN_REVIEW, words=NOT_IN_REVIEW)
    _own_review(locked, actor)
    cleaned = clean_reason(reason)
    if not cleaned:
        raise InvalidInput("Say why you return it.", code="reason_empty")
    locked.reviews.update(signed_at=None, signed_by="")
    locked.state, locked.returned_reason = State.DRAFT, cleaned
    locked.save(update_fields=["state", "returned_reason"])
    record(Action.SKILL_RETURN, locked, actor=actor)
    words = "A reviewer returned your skill report. The reason is on its page."
    notice_send([locked.surgeon], hospital=locked.hospital, text=words, url=report_page(locked))


@transaction.atomic
def report_amend(
    report: SkillReport, *, actor: Actor, scores: Mapping[str, Any], why: str, signature: Signature
) -> SignedRevision:
    """Another revision, by who signed it. The one before stays readable."""
    require_reviewer(actor, report)
    locked = report_locked(report.pk)
    require_state(locked, State.SIGNED, State.AMENDED, words="Only a signed report can be amended.")
    require_signer(actor, locked)
    cleaned = clean_reason(why)
    if not cleaned:
        raise InvalidInput("Say why you amend it.", code="reason_empty")
    revision = amendment_add(
        locked,
        action=Action.SKILL_AMEND,
        actor=actor,
        scores=clean_scores(locked.rubric, scores),
        why=cleaned,
        signature=signature,
    )
    words = "Your skill report was amended. What changed and why is on its page."
    notice_send([locked.surgeon], hospital=locked.hospital, text=words, url=report_page(locked))
    return revision


def amendment_add(
    locked: SkillReport,
    *,
    action: Action,
    actor: Actor,
    scores: Mapping[str, float],
    why: str,
    signature: Signature,
) -> SignedRevision:
    """The next revision of a locked report; the caller tells the surgeon."""
    latest = locked.revisions.order_by("-number").first()
    locked.state = State.AMENDED
    locked.save(update_fields=["state"])
    return revision_add(
        locked,
        action=action,
        actor=actor,
        signature=signature,
        scores=scores,
        levels=latest.levels if latest else [],
        comment=latest.comment if latest else "",
        why=why,
    )


@transaction.atomic
def report_unseal(report: SkillReport, *, actor: Actor) -> None:
    """A reviewer opens a report that they have not read blind, and can be no blind reader of it any more."""
    require_reviewer(actor, report)
    require_state(report, State.SIGNED, State.AMENDED, State.WITHDRAWN, words="A report in review stays sealed.")
    sight_note(report, actor.person)
    record(Action.SKILL_UNSEAL, report, actor=actor)


def standing_reviews(report: SkillReport) -> list[Review]:
    """Signed, or by somebody who still can sign: a reader who left the hospital keeps nobody else from reading."""
    able = {person.pk for person in reviewers_of(report)}
    return [one for one in report.reviews.all() if one.signed_at is not None or one.reviewer_id in able]


def mean_scores(readers: list[dict[str, int]]) -> dict[str, float]:
    """Of each item that all have scored, to one decimal."""
    keys = [key for key in readers[0] if all(key in scores for scores in readers)]
    return {key: round(sum(scores[key] for scores in readers) / len(readers), 1) for key in keys}


def _own_review(report: SkillReport, actor: Actor) -> Review:
    review = report.reviews.filter(reviewer=actor.person).first()
    if review is None:
        raise Conflict("Read the video first: your own scores come before everything else.", code="not_read")
    return review


def _known_level(report: SkillReport, level: str) -> str:
    cleaned = clean_level(level)
    if cleaned not in report.scorer.levels:
        raise InvalidInput(f"Choose one of: {', '.join(report.scorer.levels)}.", code="level_unknown")
    return cleaned
