"""A correction on its way: sent, checked by code, read by somebody else, and taken back at any time."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from webapp.accounts.actors import Actor
from webapp.accounts.models import Membership, User
from webapp.audit.actions import Action
from webapp.audit.services import audit_record
from webapp.conversations.models import Answer
from webapp.conversations.text import clean_reason
from webapp.jobs.services import job_create
from webapp.learning.drafts import Draft, draft_cleaned
from webapp.learning.explanations import require_place
from webapp.learning.jobs import CHECK_CORRECTION
from webapp.learning.models import Correction, CorrectionReading, Explanation
from webapp.learning.permissions import APPROVERS, require_reader
from webapp.learning.references import reference_add, reference_withdraw
from webapp.lib.errors import Conflict, InvalidInput, PermissionRefused
from webapp.notices.services import notice_send

State = Correction.State
Verdict = CorrectionReading.Verdict
OPEN = (State.CHECKING, State.SUBMITTED)


@transaction.atomic
def correction_submit(
    answer: Answer, *, actor: Actor, draft: Draft, explanation: Explanation | None = None
) -> Correction:
    """Queues the check against the sheet. The same one sent twice is one.

    Raises Conflict while another one of this answer waits, InvalidInput for what cannot be one.
    """
    actor.require("conversations")
    if answer.question.conversation.owner_id != actor.person.pk:
        raise PermissionRefused("An answer is corrected by the person who asked.", "not_asker")
    locked = Answer.objects.select_for_update(of=("self",)).get(pk=answer.pk)
    _require_written(locked, explanation)
    cleaned = draft_cleaned(draft, answer=locked, explanation=explanation)
    waiting = Correction.objects.filter(answer=locked, author=actor.person, state__in=OPEN).first()
    if waiting is not None:
        return _same(waiting, cleaned, explanation)
    require_place(actor.person, CHECK_CORRECTION, words="corrections")
    made = _made(answer, actor, cleaned, explanation)
    record(Action.CORRECTION_SUBMIT, made, actor=actor, kind=made.kind)
    return made


def correction_checked(
    correction_id: uuid.UUID,
    *,
    row: Mapping[str, Any],
    sheet: Mapping[str, Any],
    remarks: Sequence[str],
) -> bool:
    """Code found nothing against it: those who may approve it are told. False if it was taken back meanwhile."""
    with transaction.atomic():
        correction = _locked(correction_id)
        if correction is None or correction.state != State.CHECKING:
            return False
        correction.state, correction.row, correction.remarks = State.SUBMITTED, dict(row), list(remarks)
        correction.sheet, correction.sheet_sha256 = dict(sheet), str(sheet.get("sha256", ""))
        correction.save(update_fields=["state", "row", "remarks", "sheet", "sheet_sha256"])
        words = "A correction of an explanation waits for somebody to read it."
        notice_send(approvers_beside(correction), hospital=correction.hospital, text=words, url=page_of(correction))
    return True


def correction_refuse(correction_id: uuid.UUID, *, problem: str) -> bool:
    """Back to its author, who sees why. False if it is not being checked any more."""
    return bool(
        Correction.objects.filter(pk=correction_id, state=State.CHECKING).update(
            state=State.REFUSED, problem=problem, decided_at=timezone.now()
        )
    )


def correction_restarted(correction: Correction) -> None:
    """Its check runs anew, unless its author has sent another one meanwhile."""
    beside = Correction.objects.filter(answer=correction.answer_id, author=correction.author_id)
    if not beside.filter(state__in=OPEN).exists():
        beside.filter(pk=correction.pk, state=State.REFUSED).update(state=State.CHECKING, problem="", decided_at=None)


@transaction.atomic
def correction_read(correction: Correction, *, actor: Actor, verdict: str, note: str = "") -> CorrectionReading:
    """One decline ends it; as many approvals as the site asks for make it a reference."""
    locked = _locked(correction.pk)
    if locked is None:
        raise Conflict("This correction is gone.", code="correction_gone")
    require_reader(actor, locked)
    if locked.state != State.SUBMITTED:
        raise Conflict(f"This correction is {locked.get_state_display().lower()}.", code="correction_state")
    if locked.readings.filter(reader=actor.person).exists():
        raise Conflict("You have read this correction. Another person reads it too.", code="already_read")
    if verdict not in Verdict.values:
        raise InvalidInput("Approve it or decline it.", code="verdict_unknown")
    cleaned = clean_reason(note)
    if verdict == Verdict.DECLINE and not cleaned:
        raise InvalidInput("Tell the author in a sentence why you decline.", code="note_empty")
    reading = CorrectionReading.objects.create(correction=locked, reader=actor.person, verdict=verdict, note=cleaned)
    record(Action.CORRECTION_READ, locked, actor=actor, verdict=verdict)
    _decide(locked, verdict)
    return reading


@transaction.atomic
def correction_withdraw(correction: Correction, *, actor: Actor, reason: str = "") -> Correction:
    """By its author at any time, by who approves with a reason. What was approved leaves a receipt behind."""
    locked = _locked(correction.pk)
    if locked is None:
        raise Conflict("This correction is gone.", code="correction_gone")
    is_author = actor.person.pk == locked.author_id
    if not is_author:
        require_reader(actor, locked)
    if locked.state == State.WITHDRAWN:
        raise Conflict("This correction was withdrawn before. Its receipt is on its page.", code="already_withdrawn")
    cleaned = clean_reason(reason)
    if not is_author and not cleaned:
        raise InvalidInput("Tell the author in a sentence why you withdraw it.", code="reason_empty")
    if not is_author and locked.state != State.APPROVED:
        raise Conflict("Only what was approved can be withdrawn by somebody else.", code="correction_state")
    reference_withdraw(locked, actor=actor, reason=cleaned)
    locked.state, locked.decided_at = State.WITHDRAWN, timezone.now()
    locked.save(update_fields=["state", "decided_at"])
    record(Action.CORRECTION_WITHDRAW, locked, actor=actor)
    if not is_author:
        words = "A correction of yours was withdrawn. The reason and the receipt are on its page."
        notice_send([locked.author], hospital=locked.hospital, text=words, url=page_of(locked))
    return locked


def approvers_beside(correction: Correction) -> list[User]:
    """Those who may read it."""
    members = Membership.objects.filter(hospital=correction.hospital, role__in=APPROVERS, user__is_active=True)
    return [member.user for member in members.exclude(user=correction.author).select_related("user")]


def page_of(correction: Correction) -> str:
    return reverse("correction", args=[correction.pk])


def record(action: Action, correction: Correction, *, actor: Actor, **detail: Any) -> None:
    """Ids alone: rows outlive the video."""
    audit_record(
        action=action,
        actor=actor,
        hospital=correction.hospital,
        object_type="correction",
        object_id=str(correction.pk),
        detail={"video": str(correction.answer.question.conversation.video_id), **detail},
    )


def _require_written(answer: Answer, explanation: Explanation | None) -> None:
    if answer.is_active or not answer.text.strip():
        raise Conflict("There is no answer yet that could be corrected.", code="answer_not_finished")
    if explanation is not None and explanation.is_open:
        raise Conflict("The steps are still being written.", code="explanation_open")


def _made(answer: Answer, actor: Actor, draft: Draft, explanation: Explanation | None) -> Correction:
    video = answer.question.conversation.video
    job = job_create(
        kind=CHECK_CORRECTION,
        owner=actor.person,
        hospital=video.hospital,
        title=video.title,
        url=reverse("video", args=[video.pk]),
    )
    return Correction.objects.create(
        hospital=video.hospital,
        author=actor.person,
        answer=answer,
        explanation=explanation,
        job=job,
        kind=draft.kind,
        question=answer.question.text,
        attempt=[str(step["text"]) for step in explanation.steps] if explanation else [],
        conclusion=explanation.conclusion if explanation else answer.text,
        step_index=draft.step_index,
        right_step=draft.right_step,
        edited_answer=draft.edited_answer,
        reason=draft.reason,
        sheet=explanation.sheet if explanation else {},
        sheet_sha256=explanation.sheet_sha256 if explanation else "",
        timeline=explanation.timeline if explanation else answer.timeline,
    )


def _same(waiting: Correction, draft: Draft, explanation: Explanation | None) -> Correction:
    said = Draft(
        kind=waiting.kind,
        step_index=waiting.step_index,
        right_step=waiting.right_step,
        edited_answer=waiting.edited_answer,
        reason=waiting.reason,
    )
    if said == draft and waiting.explanation_id == (explanation.pk if explanation else None):
        return waiting
    raise Conflict("Another correction of yours waits here. Withdraw it to send this one.", code="correction_open")


def _decide(correction: Correction, verdict: str) -> None:
    if verdict == Verdict.DECLINE:
        _settle(correction, State.DECLINED, "Your correction was declined. The reason is on its page.")
    elif correction.readings.filter(verdict=Verdict.APPROVE).count() >= settings.CORRECTION_APPROVALS:
        reference_add(correction)
        _settle(correction, State.APPROVED, "Your correction was approved. The next training reads it.")


def _settle(correction: Correction, state: str, words: str) -> None:
    correction.state, correction.decided_at = state, timezone.now()
    correction.save(update_fields=["state", "decided_at"])
    notice_send([correction.author], hospital=correction.hospital, text=words, url=page_of(correction))


def _locked(correction_id: uuid.UUID) -> Correction | None:
    rows = Correction.objects.select_for_update(of=("self",))
    return rows.select_related("hospital", "author", "answer__question__conversation").filter(pk=correction_id).first()
