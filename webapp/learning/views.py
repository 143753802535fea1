"""The page behind "Why?": the video beside the steps that lead to an answer."""

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from webapp.accounts.actors import Actor, page_actor
from webapp.conversations.models import Answer
from webapp.conversations.selectors import answer_get_for_actor
from webapp.learning.explanations import explanation_ask, item_explanation_ask
from webapp.learning.ledger import citable
from webapp.learning.presentation import explanation_view
from webapp.learning.selectors import (
    correction_newest,
    explanation_newest,
    explanation_newest_of_item,
    report_item_for_actor,
)
from webapp.learning.subjects import answer_subject, item_subject
from webapp.skills.looks import report_look
from webapp.skills.models import ReportItem
from webapp.videos.looks import video_look
from webapp.videos.views import video_context


@login_required
@require_GET
@never_cache
def why(request: HttpRequest, answer_id: uuid.UUID) -> HttpResponse:
    actor, answer = _looked_at(request, answer_id)
    video = answer.question.conversation.video
    return render(request, "learning/why.html", video_context(actor, video) | _context(actor, answer))


@login_required
@require_GET
@never_cache
def why_panel(request: HttpRequest, answer_id: uuid.UUID) -> HttpResponse:
    """The steps alone, for a page that waits for more of them."""
    actor, answer = _looked_at(request, answer_id)
    context = {"video": answer.question.conversation.video} | _context(actor, answer)
    return render(request, "learning/_explanation.html", context)


@login_required
@require_POST
def why_ask(request: HttpRequest, answer_id: uuid.UUID) -> HttpResponse:
    actor, answer = _looked_at(request, answer_id)
    explanation_ask(answer, actor=actor)
    if request.headers.get("HX-Request") == "true":
        return redirect("why_panel", answer_id=answer.pk)
    return redirect("why", answer_id=answer.pk)


@login_required
@require_GET
@never_cache
def item_why(request: HttpRequest, item_id: int) -> HttpResponse:
    actor, item = _item(request, item_id)
    return render(request, "learning/why.html", video_context(actor, item.report.video) | _item_context(item))


@login_required
@require_GET
@never_cache
def item_why_panel(request: HttpRequest, item_id: int) -> HttpResponse:
    _, item = _item(request, item_id)
    return render(request, "learning/_explanation.html", {"video": item.report.video} | _item_context(item))


@login_required
@require_POST
def item_why_ask(request: HttpRequest, item_id: int) -> HttpResponse:
    actor, item = _item(request, item_id)
    item_explanation_ask(item, actor=actor)
    if request.headers.get("HX-Request") == "true":
        return redirect("item_why_panel", item_id=item.pk)
    return redirect("item_why", item_id=item.pk)


def _looked_at(request: HttpRequest, answer_id: uuid.UUID) -> tuple[Actor, Answer]:
    actor = page_actor(request.user)
    answer = answer_get_for_actor(actor, answer_id)
    video_look(actor, answer.question.conversation.video, part="explanation")
    return actor, answer


def _item(request: HttpRequest, item_id: int) -> tuple[Actor, ReportItem]:
    actor = page_actor(request.user)
    item = report_item_for_actor(actor, item_id)
    video_look(actor, item.report.video, part="explanation")
    report_look(actor, item.report)
    return actor, item


def _context(actor: Actor, answer: Answer) -> dict[str, Any]:
    subject = answer_subject(answer)
    view = explanation_view(explanation_newest(answer), subject)
    correction = correction_newest(actor, answer)
    return {
        "answer": answer,
        "subject": subject,
        "tab": "conversation",
        "view": view,
        "panel_url": reverse("why_panel", args=[answer.pk]),
        "ask_url": reverse("why_ask", args=[answer.pk]),
        "back_url": reverse("video", args=[subject.video.pk]),
        "correction": correction,
        "is_refused": correction is not None and correction.state == correction.State.REFUSED,
        "can_correct": not (correction and correction.is_open) and not (view and view.explanation.is_open),
        "citable": citable(view.explanation.sheet) if view else [],
    }


def _item_context(item: ReportItem) -> dict[str, Any]:
    """Scores are contested on the report, by the surgeon, and not corrected here."""
    subject = item_subject(item)
    return {
        "subject": subject,
        "tab": "report",
        "view": explanation_view(explanation_newest_of_item(item), subject),
        "panel_url": reverse("item_why_panel", args=[item.pk]),
        "ask_url": reverse("item_why_ask", args=[item.pk]),
        "back_url": reverse("skill_report", args=[subject.video.pk]),
    }
