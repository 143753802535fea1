"""Correcting an answer, what became of it, and the queue of those who approve."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from webapp.accounts.actors import Actor, page_actor
from webapp.conversations.selectors import answer_get_for_actor
from webapp.learning import corrections
from webapp.learning.drafts import Draft
from webapp.learning.ledger import correction_view
from webapp.learning.looks import correction_look
from webapp.learning.models import Correction, CorrectionReading
from webapp.learning.permissions import is_approver
from webapp.learning.presentation import steps_drawn
from webapp.learning.selectors import (
    CorrectionFilter,
    correction_get_for_actor,
    corrections_of,
    corrections_to_read,
    explanation_after,
    explanation_of,
    receipts_of,
)
from webapp.videos.looks import library_look, video_look
from webapp.videos.selectors import video_list_for_actor
from webapp.videos.views import video_context

PAGE_SIZE = 20
AGES_DAYS = (1, 7, 30)
Verdict = CorrectionReading.Verdict


@login_required
@require_POST
def correction_submit(request: HttpRequest, answer_id: uuid.UUID) -> HttpResponse:
    actor = page_actor(request.user)
    answer = answer_get_for_actor(actor, answer_id)
    explanation_id = request.POST.get("explanation", "")
    explanation = explanation_of(answer, explanation_id) if explanation_id else None
    corrections.correction_submit(answer, actor=actor, draft=_draft(request), explanation=explanation)
    if request.headers.get("HX-Request") == "true":
        return redirect("why_panel", answer_id=answer.pk)
    return redirect("why", answer_id=answer.pk)


@login_required
@require_GET
@never_cache
def ledger(request: HttpRequest) -> HttpResponse:
    """All that one has sent."""
    actor = page_actor(request.user)
    page = Paginator(corrections_of(actor), PAGE_SIZE).get_page(request.GET.get("page"))
    found = list(page.object_list)
    library_look(actor, [one.answer.question.conversation.video for one in found])
    context = {"page": page, "rows": [correction_view(one) for one in found], "receipts": receipts_of(actor)}
    return render(request, "learning/ledger.html", context)


@login_required
@require_GET
@never_cache
def to_read(request: HttpRequest) -> HttpResponse:
    actor = page_actor(request.user)
    chosen = _chosen(request)
    found = corrections_to_read(actor, chosen)
    library_look(actor, [one.answer.question.conversation.video for one in found])
    context = {
        "rows": [correction_view(one) for one in found],
        "chosen": chosen,
        "kinds": Correction.Kind.choices,
        "ages_days": AGES_DAYS,
    }
    return render(request, "learning/to_read.html", context)


@login_required
@require_GET
@never_cache
def correction(request: HttpRequest, correction_id: uuid.UUID) -> HttpResponse:
    actor, found = _correction(request, correction_id)
    correction_look(actor, found)
    video = found.answer.question.conversation.video
    context: dict[str, Any] = {"video": video, "has_video": False}
    # Who corrected it may see the video no more; what they sent stays theirs to withdraw.
    if video_list_for_actor(actor).filter(pk=video.pk).exists():
        video_look(actor, video, part="correction")
        context = video_context(actor, video) | {"has_video": True}
    return render(request, "learning/correction.html", context | _context(actor, found))


@login_required
@require_POST
def correction_read(request: HttpRequest, correction_id: uuid.UUID) -> HttpResponse:
    actor, found = _correction(request, correction_id)
    verdict = request.POST.get("verdict", "")
    corrections.correction_read(found, actor=actor, verdict=verdict, note=request.POST.get("note", ""))
    messages.success(request, "Approved." if verdict == Verdict.APPROVE else "Declined. The author is told why.")
    return redirect("corrections_to_read")


@login_required
@require_POST
def correction_withdraw(request: HttpRequest, correction_id: uuid.UUID) -> HttpResponse:
    actor, found = _correction(request, correction_id)
    corrections.correction_withdraw(found, actor=actor, reason=request.POST.get("reason", ""))
    messages.success(request, "Withdrawn. No training reads it any more.")
    return redirect("correction", correction_id=found.pk)


def _correction(request: HttpRequest, correction_id: uuid.UUID) -> tuple[Actor, Correction]:
    actor = page_actor(request.user)
    return actor, correction_get_for_actor(actor, correction_id)


def _context(actor: Actor, found: Correction) -> dict[str, Any]:
    is_author = actor.person.pk == found.author_id
    after = explanation_after(found) if is_author else None
    has_read = any(reading.reader_id == actor.person.pk for reading in found.readings.all())
    return {
        "correction": found,
        "view": correction_view(found),
        "after": after,
        "after_steps": steps_drawn(after),
        "is_author": is_author,
        "can_read": not is_author and is_approver(actor) and found.state == found.State.SUBMITTED and not has_read,
        "can_withdraw": found.state != found.State.WITHDRAWN if is_author else found.state == found.State.APPROVED,
    }


def _draft(request: HttpRequest) -> Draft:
    index = request.POST.get("step", "")
    return Draft(
        kind=request.POST.get("kind", ""),
        step_index=int(index) if index.isascii() and index.isdigit() and len(index) < 4 else None,
        right_step=request.POST.get("right_step", ""),
        edited_answer=request.POST.get("edited_answer", ""),
        reason=request.POST.get("reason", ""),
    )


def _chosen(request: HttpRequest) -> CorrectionFilter:
    days = request.GET.get("days", "")
    kind = request.GET.get("kind", "")
    return CorrectionFilter(
        kind=kind if kind in Correction.Kind.values else "",
        days=int(days) if days.isascii() and days.isdigit() and len(days) < 5 else 0,
        is_flagged="flagged" in request.GET,
    )
