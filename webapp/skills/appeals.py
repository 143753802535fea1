"""A surgeon answers back: one item, one window, one reason. Who answers has seen none of what was said before."""

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from webapp.accounts.actors import Actor
from webapp.accounts.signatures import Signature
from webapp.audit.actions import Action
from webapp.conversations.text import Window, clean_reason, clean_window
from webapp.lib.errors import Conflict, InvalidInput
from webapp.notices.services import notice_send
from webapp.skills.models import Appeal, RubricItem, SkillReport
from webapp.skills.permissions import require_reviewer, require_surgeon
from webapp.skills.reports import (
    record,
    report_locked,
    report_page,
    require_state,
    reviewers_of,
    sight_note,
)
from webapp.skills.reviews import amendment_add
from webapp.skills.rubrics import clean_scores

State = SkillReport.State
GONE = "The report was withdrawn meanwhile."


@transaction.atomic
def appeal_open(report: SkillReport, *, actor: Actor, item: RubricItem, reason: str, window: Window | None) -> Appeal:
    """Raises Conflict where nobody is left who could read it blind."""
    require_surgeon(actor, report)
    locked = report_locked(report.pk)
    require_state(locked, State.SIGNED, State.AMENDED, words="Only a signed report can be contested.")
    if item.rubric_id != locked.rubric_id:
        raise InvalidInput("That item belongs to another rubric.", code="item_unknown")
    cleaned = clean_reason(reason)
    if not cleaned:
        raise InvalidInput("Say what you see otherwise.", code="reason_empty")
    part = clean_window(window, duration_s=locked.video.content.duration_s)
    if part is None:
        raise InvalidInput("Choose the part of the video that shows it.", code="window_missing")
    if locked.appeals.filter(item=item, state__in=(Appeal.State.OPEN, Appeal.State.READ)).exists():
        raise Conflict("This item is contested already.", code="appeal_open")
    readers = blind_readers_of(locked)
    if not readers:
        words = "Every reviewer of your hospital has seen this report, so nobody can read it afresh."
        raise Conflict(words, code="no_blind_reader")
    appeal = Appeal.objects.create(report=locked, item=item, reason=cleaned, start_s=part.start_s, end_s=part.end_s)
    record(Action.SKILL_APPEAL, locked, actor=actor, item=item.key)
    words = "A surgeon contests an item. It needs a reader who has not seen the report."
    notice_send(readers, hospital=locked.hospital, text=words, url=reverse("appeal", args=[appeal.pk]))
    return appeal


@transaction.atomic
def appeal_read(appeal: Appeal, *, actor: Actor, score: Any) -> None:
    """Records the second reader's own score of the item. Then the signed score is shown to them."""
    locked = report_locked(appeal.report_id)
    require_reviewer(actor, locked)
    require_state(locked, State.SIGNED, State.AMENDED, words=GONE)
    current = _locked(appeal)
    if not waits_for_reader(current):
        raise Conflict("Somebody else has read this already.", code="appeal_read")
    if locked.sights.filter(person=actor.person).exists():
        raise Conflict("You have seen this report, so another reviewer has to answer.", code="not_blind")
    scores = clean_scores(locked.rubric, {current.item.key: score}, need_all=False)
    if current.item.key not in scores:
        raise InvalidInput(f"Give “{current.item.name}” a score.", code="score_missing")
    current.reader, current.reader_score = actor.person, scores[current.item.key]
    current.state, current.read_at = Appeal.State.READ, timezone.now()
    current.save(update_fields=["reader", "reader_score", "state", "read_at"])
    sight_note(locked, actor.person)
    record(Action.SKILL_APPEAL_READ, locked, actor=actor, item=current.item.key)


@transaction.atomic
def appeal_answer(appeal: Appeal, *, actor: Actor, answer: str, is_changed: bool, signature: Signature) -> None:
    """`is_changed` : the reader's own score becomes the item's, as an amendment; else the signed one stands."""
    locked = report_locked(appeal.report_id)
    require_reviewer(actor, locked)
    require_state(locked, State.SIGNED, State.AMENDED, words=GONE)
    current = _locked(appeal)
    if current.state != Appeal.State.READ or current.reader_id != actor.person.pk:
        raise Conflict("Score the item yourself first.", code="appeal_not_read")
    cleaned = clean_reason(answer)
    if not cleaned:
        raise InvalidInput("Answer the surgeon in a sentence.", code="answer_empty")
    current.answer, current.answered_at = cleaned, timezone.now()
    current.state = Appeal.State.CHANGED if is_changed else Appeal.State.UPHELD
    current.save(update_fields=["answer", "answered_at", "state"])
    if is_changed:
        _change(locked, current, actor=actor, signature=signature)
    else:
        record(Action.SKILL_APPEAL_ANSWER, locked, actor=actor, item=current.item.key)
    words = "A second reader answered what you contested. The answer is on the page of your report."
    notice_send([locked.surgeon], hospital=locked.hospital, text=words, url=report_page(locked))


def waits_for_reader(appeal: Appeal) -> bool:
    """Nobody has read it, or who did has left the hospital's reviewers before answering."""
    if appeal.state == Appeal.State.READ:
        return appeal.reader_id not in {person.pk for person in reviewers_of(appeal.report)}
    return appeal.state == Appeal.State.OPEN


def blind_readers_of(report: SkillReport) -> list[Any]:
    """Reviewers who have seen nothing of it."""
    seen = set(report.sights.values_list("person_id", flat=True))
    return [person for person in reviewers_of(report) if person.pk not in seen]


def _change(locked: SkillReport, appeal: Appeal, *, actor: Actor, signature: Signature) -> None:
    latest = locked.revisions.order_by("-number").first()
    scores = dict(latest.scores) if latest else {}
    scores[appeal.item.key] = appeal.reader_score
    amendment_add(
        locked,
        action=Action.SKILL_APPEAL_ANSWER,
        actor=actor,
        scores=scores,
        why=f"{appeal.item.name} was contested; a second reader gave {appeal.reader_score}.",
        signature=signature,
    )


def _locked(appeal: Appeal) -> Appeal:
    return Appeal.objects.select_for_update(of=("self",)).select_related("item").get(pk=appeal.pk)
