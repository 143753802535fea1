"""Explanations are as private as the answers they explain; corrections are seen by their authors and by approvers."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from webapp.accounts.actors import Actor
from webapp.conversations.models import Answer
from webapp.conversations.selectors import answer_get_for_actor
from webapp.learning.models import Correction, Explanation, WithdrawalReceipt
from webapp.learning.permissions import corrections_visible_q, require_approver
from webapp.lib.errors import Conflict, NotFound
from webapp.skills.models import ReportItem
from webapp.skills.selectors import SEALED, is_open_to, report_get_for_actor

Id = uuid.UUID | str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionFilter:
    """`days`: waiting at least that long · `is_flagged`: only those that code remarks on."""

    kind: str = ""
    days: int = 0
    is_flagged: bool = False


def explanation_newest(answer: Answer) -> Explanation | None:
    return Explanation.objects.select_related("job").filter(answer=answer).first()


def explanation_newest_of_item(item: ReportItem) -> Explanation | None:
    return Explanation.objects.select_related("job").filter(report_item=item).first()


def report_item_for_actor(actor: Actor, item_id: int) -> ReportItem:
    """Raises NotFound for a stranger's, Conflict for one that is still sealed to whoever asks."""
    item = ReportItem.objects.select_related("item").filter(pk=item_id).first()
    if item is None:
        raise NotFound("There is no such item.")
    item.report = report_get_for_actor(actor, item.report_id)
    if not is_open_to(actor, item.report):
        raise Conflict(SEALED, code="report_sealed")
    return item


def explanation_of(answer: Answer, explanation_id: Id) -> Explanation:
    """Raises NotFound. The answer was looked up for whoever asks."""
    try:
        found = Explanation.objects.filter(answer=answer, pk=explanation_id).first()
    except ValidationError:
        found = None
    if found is None:
        raise NotFound("There is no such explanation.")
    return found


def explanations_of(answer: Answer) -> "QuerySet[Explanation]":
    return Explanation.objects.filter(answer=answer)


def explanations_of_item(item: ReportItem) -> "QuerySet[Explanation]":
    return Explanation.objects.filter(report_item=item)


def report_item_by_key(actor: Actor, report_id: uuid.UUID, key: str) -> ReportItem:
    """Raises what `report_item_for_actor` raises."""
    report = report_get_for_actor(actor, report_id)
    found = ReportItem.objects.filter(report=report, item__key=key).first()
    if found is None:
        raise NotFound("There is no such item.")
    return report_item_for_actor(actor, found.pk)


def explanation_get_for_actor(actor: Actor, explanation_id: uuid.UUID) -> Explanation:
    """As private as what it explains. Raises NotFound, or Conflict for an item that is sealed to whoever asks."""
    explanation = Explanation.objects.filter(pk=explanation_id).first()
    if explanation is None:
        raise NotFound
    if explanation.answer_id is not None:
        explanation.answer = answer_get_for_actor(actor, explanation.answer_id)
    elif explanation.report_item_id is not None:
        explanation.report_item = report_item_for_actor(actor, explanation.report_item_id)
    return explanation


def explanation_for_job(job_id: uuid.UUID) -> Explanation | None:
    return (
        Explanation.objects.select_related(
            "answer__question__conversation__video__content",
            "answer__timeline",
            "report_item__item",
            "report_item__report__rubric",
            "report_item__report__timeline",
            "report_item__report__video__content",
        )
        .filter(job_id=job_id)
        .first()
    )


def explanation_after(correction: Correction) -> Explanation | None:
    """The newest of the same answer by another adapter than the one that was corrected; its author's alone."""
    before = correction.explanation.adapter if correction.explanation else ""
    finished = Explanation.objects.filter(answer=correction.answer_id, status=Explanation.Status.FINISHED)
    return finished.filter(created_at__gt=correction.created_at).exclude(adapter=before).first()


def correction_for_job(job_id: uuid.UUID) -> Correction | None:
    return _with_context(Correction.objects.filter(job_id=job_id)).first()


def correction_get_for_actor(actor: Actor, correction_id: Id) -> Correction:
    """Raises NotFound, also for who may not know of it."""
    try:
        found = _visible(actor).filter(pk=correction_id).first()
    except ValidationError:
        found = None
    if found is None:
        raise NotFound("There is no such correction, or it is not yours.")
    return found


def correction_newest(actor: Actor, answer: Answer) -> Correction | None:
    """One's own of this answer."""
    return Correction.objects.filter(author=actor.person, answer=answer).first()


def corrections_of(actor: Actor) -> "QuerySet[Correction]":
    """The ledger of who asks: all that they have sent, newest first."""
    return _visible(actor).filter(author=actor.person)


def receipts_of(actor: Actor) -> "QuerySet[WithdrawalReceipt]":
    """Of what is gone with its video; the others are on the pages of their corrections."""
    return WithdrawalReceipt.objects.filter(author=actor.person, correction=None)


def corrections_readable(actor: Actor) -> "QuerySet[Correction]":
    """Raises PermissionRefused for who may approve nothing."""
    require_approver(actor)
    waiting = _visible(actor).filter(state=Correction.State.SUBMITTED).exclude(author=actor.person)
    return waiting.exclude(readings__reader=actor.person)


def corrections_to_read(actor: Actor, chosen: CorrectionFilter | None = None) -> list[Correction]:
    """What waits for somebody who may approve it and has not read it, oldest first. One's own is not in it."""
    chosen = chosen or CorrectionFilter()
    waiting = corrections_readable(actor).order_by("created_at")
    if chosen.kind:
        waiting = waiting.filter(kind=chosen.kind)
    if chosen.days:
        waiting = waiting.filter(created_at__lte=timezone.now() - timedelta(days=chosen.days))
    found = list(waiting)
    return [one for one in found if one.remarks] if chosen.is_flagged else found


def _visible(actor: Actor) -> "QuerySet[Correction]":
    actor.require("conversations")
    return _with_context(Correction.objects.filter(corrections_visible_q(actor.member)))


def _with_context(corrections: "QuerySet[Correction]") -> "QuerySet[Correction]":
    return corrections.select_related(
        "author", "hospital", "explanation", "timeline", "reference", "answer__question__conversation__video__content"
    ).prefetch_related("readings__reader", "reference__uses", "receipts")
