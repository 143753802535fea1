"""The reviewers' queue, one report a page, and the second reading of what was contested."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from webapp.accounts.actors import Actor, page_actor
from webapp.accounts.models import Membership
from webapp.accounts.permissions import require_role
from webapp.accounts.signatures import signature_ask, signature_spend
from webapp.skills import appeals, reviews
from webapp.skills.looks import report_look
from webapp.skills.models import Appeal, SkillReport
from webapp.skills.permissions import require_reviewer
from webapp.skills.presentation import ReportView
from webapp.skills.selectors import (
    QueueFilter,
    agreement_of_readers,
    agreement_with_scorer,
    appeal_get_for_actor,
    is_disagreed,
    is_open_to,
    queue_procedures,
    report_get_for_actor,
    review_queue,
)
from webapp.skills.views.forms import posted_scores
from webapp.videos.looks import library_look, video_look
from webapp.videos.views import video_context

AGES_DAYS = (1, 7, 30)


@login_required
@require_GET
@never_cache
def queue(request: HttpRequest) -> HttpResponse:
    actor = _reviewer(request)
    chosen = _chosen(request)
    found = review_queue(actor, chosen)
    library_look(actor, [report.video for report in found])
    context = {
        "rows": [_row(actor, report) for report in found],
        "chosen": chosen,
        "procedures": queue_procedures(actor),
        "ages_days": AGES_DAYS,
        "with_scorer": agreement_with_scorer(actor),
        "of_readers": agreement_of_readers(actor),
    }
    return render(request, "skills/queue.html", context)


@login_required
@require_GET
@never_cache
def review(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    actor, report = _report(request, report_id)
    require_reviewer(actor, report)
    video_look(actor, report.video, part="review")
    is_open = is_open_to(actor, report)
    if is_open:
        report_look(actor, report)
    own = report.reviews.filter(reviewer=actor.person).first()
    others = report.reviews.exclude(reviewer=actor.person).select_related("reviewer") if is_open else []
    context = video_context(actor, report.video) | {
        "report": report,
        "view": ReportView(report) if is_open else None,
        "own": own,
        "others": others,
        "items": [_item(item, own.blind_scores if own else {}) for item in report.rubric.items.all()],
        "scale": range(report.rubric.score_min, report.rubric.score_max + 1),
        "can_read": own is None and not is_open and _wants_reader(report),
        "can_sign": own is not None and own.signed_at is None and report.state == SkillReport.State.IN_REVIEW,
    }
    return render(request, "skills/review.html", context)


@login_required
@require_POST
def review_read(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    actor, report = _report(request, report_id)
    level, comment = request.POST.get("level", ""), request.POST.get("comment", "")
    reviews.review_read(report, actor=actor, scores=posted_scores(request), level=level, comment=comment)
    return redirect("review", report_id=report.pk)


@login_required
@require_POST
def review_sign(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    actor, report = _report(request, report_id)
    require_reviewer(actor, report)
    signature = signature_ask(request)
    reviews.review_sign(
        report,
        actor=actor,
        scores=posted_scores(request),
        level=request.POST.get("level", ""),
        comment=request.POST.get("comment", ""),
        signature=signature,
    )
    signature_spend(request, signature)
    messages.success(request, "Signed.")
    return redirect("review_queue")


@login_required
@require_POST
def review_return(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    actor, report = _report(request, report_id)
    reviews.review_return(report, actor=actor, reason=request.POST.get("reason", ""))
    messages.success(request, "Returned to the surgeon, with your reason.")
    return redirect("review_queue")


@login_required
@require_GET
@never_cache
def appeal(request: HttpRequest, appeal_id: uuid.UUID) -> HttpResponse:
    actor, found = _appeal(request, appeal_id)
    require_reviewer(actor, found.report)
    video_look(actor, found.report.video, part="appeal")
    is_reader = found.reader_id == actor.person.pk
    has_seen = is_open_to(actor, found.report)
    latest = found.report.revisions.order_by("-number").first() if is_reader else None
    context = video_context(actor, found.report.video) | {
        "appeal": found,
        "report": found.report,
        "scale": range(found.report.rubric.score_min, found.report.rubric.score_max + 1),
        "can_read": found.report.is_final and appeals.waits_for_reader(found) and not has_seen,
        "can_answer": found.report.is_final and found.state == Appeal.State.READ and is_reader,
        "has_seen": has_seen and not is_reader,
        "signed": latest.scores.get(found.item.key) if latest else None,
        "is_reader": is_reader,
    }
    return render(request, "skills/appeal.html", context)


@login_required
@require_POST
def appeal_read(request: HttpRequest, appeal_id: uuid.UUID) -> HttpResponse:
    actor, found = _appeal(request, appeal_id)
    appeals.appeal_read(found, actor=actor, score=posted_scores(request).get(found.item.key, ""))
    return redirect("appeal", appeal_id=found.pk)


@login_required
@require_POST
def appeal_answer(request: HttpRequest, appeal_id: uuid.UUID) -> HttpResponse:
    actor, found = _appeal(request, appeal_id)
    require_reviewer(actor, found.report)
    signature = signature_ask(request)
    appeals.appeal_answer(
        found,
        actor=actor,
        answer=request.POST.get("answer", ""),
        is_changed=request.POST.get("decision") == "change",
        signature=signature,
    )
    signature_spend(request, signature)
    messages.success(request, "Answered. The surgeon is told.")
    return redirect("review_queue")


def _reviewer(request: HttpRequest) -> Actor:
    actor = page_actor(request.user)
    require_role(actor.member, Membership.Role.REVIEWER)
    return actor


def _report(request: HttpRequest, report_id: uuid.UUID) -> tuple[Actor, SkillReport]:
    actor = page_actor(request.user)
    return actor, report_get_for_actor(actor, report_id)


def _appeal(request: HttpRequest, appeal_id: uuid.UUID) -> tuple[Actor, Appeal]:
    actor = page_actor(request.user)
    return actor, appeal_get_for_actor(actor, appeal_id)


def _chosen(request: HttpRequest) -> QueueFilter:
    days = request.GET.get("days", "")
    return QueueFilter(
        procedure=request.GET.get("procedure", "")[:120],
        days=int(days) if days.isascii() and days.isdigit() and len(days) < 5 else 0,
        is_appealed="appeal" in request.GET,
        is_disagreed="disagreement" in request.GET,
    )


def _wants_reader(report: SkillReport) -> bool:
    return (
        report.state == SkillReport.State.IN_REVIEW
        and len(reviews.standing_reviews(report)) < report.scorer.num_reviewers
    )


def _row(actor: Actor, report: SkillReport) -> dict[str, Any]:
    readings = reviews.standing_reviews(report)
    own = next((one for one in readings if one.reviewer_id == actor.person.pk), None)
    return {
        "report": report,
        "own": own,
        "num_read": len(readings),
        "is_open": own is not None or len(readings) < report.scorer.num_reviewers,
        "is_disagreed": is_disagreed(actor, report),
        "appeals": [one for one in report.appeals.all() if one.is_open],
    }


def _item(item: Any, scores: dict[str, int]) -> dict[str, Any]:
    return {"item": item, "score": scores.get(item.key)}
