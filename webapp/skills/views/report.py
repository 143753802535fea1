"""The Report tab of a video's page, and what its surgeon can do with it."""

import json
import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from webapp.accounts.actors import Actor, page_actor
from webapp.accounts.signatures import signature_ask, signature_spend
from webapp.lib.errors import InvalidInput
from webapp.skills import appeals, reports, reviews
from webapp.skills.bundle import bundle_of
from webapp.skills.looks import report_look
from webapp.skills.models import SkillReport
from webapp.skills.pdf import report_pdf
from webapp.skills.permissions import require_reviewer
from webapp.skills.presentation import ReportView
from webapp.skills.selectors import (
    is_open_to,
    is_reviewer,
    report_for_video,
    report_get_for_actor,
    report_to_export,
    scorer_get_for_actor,
    scorers_for_video,
)
from webapp.skills.views.forms import posted_scores, posted_uuid, posted_window
from webapp.videos.looks import video_look
from webapp.videos.models import Video
from webapp.videos.selectors import video_get_for_actor
from webapp.videos.views import video_context


@login_required
@require_GET
@never_cache
def skill_report(request: HttpRequest, video_id: uuid.UUID) -> HttpResponse:
    actor, video = _video(request, video_id)
    return render(request, "skills/report.html", video_context(actor, video) | _context(actor, video))


@login_required
@require_GET
@never_cache
def skill_report_panel(request: HttpRequest, video_id: uuid.UUID) -> HttpResponse:
    """The panel alone, for a page that waits for a comparison."""
    actor, video = _video(request, video_id)
    return render(request, "skills/_panel.html", {"video": video} | _context(actor, video))


@login_required
@require_POST
def skill_report_request(request: HttpRequest, video_id: uuid.UUID) -> HttpResponse:
    actor, video = _video(request, video_id)
    scorer_id = posted_uuid(request, "scorer")
    if scorer_id is None:
        raise InvalidInput("Choose what to compare with.", code="scorer_missing")
    reports.report_request(actor=actor, video=video, scorer=scorer_get_for_actor(actor, scorer_id))
    return redirect("skill_report", video_id=video.pk)


@login_required
@require_POST
def report_submit(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    actor, report = _report(request, report_id)
    reports.report_submit(report, actor=actor)
    messages.success(request, "Sent to the reviewers of your hospital.")
    return _to_report(report)


@login_required
@require_POST
def report_withdraw(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    """After it was signed only with a signature."""
    actor, report = _report(request, report_id)
    signature = signature_ask(request) if report.is_final and actor.person.pk != report.surgeon_id else None
    reason = request.POST.get("reason", "")
    reports.report_withdraw(report, actor=actor, reason=reason, signature=signature)
    if signature is not None:
        signature_spend(request, signature)
    messages.success(request, "The report is withdrawn.")
    return _to_report(report)


@login_required
@require_POST
def report_unseal(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    actor, report = _report(request, report_id)
    reviews.report_unseal(report, actor=actor)
    return _to_report(report)


@login_required
@require_POST
def appeal_open(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    actor, report = _report(request, report_id)
    item = report.rubric.items.filter(key=request.POST.get("item", "")).first()
    if item is None:
        raise InvalidInput("Choose the item that you contest.", code="item_unknown")
    reason, window = request.POST.get("reason", ""), posted_window(request)
    appeals.appeal_open(report, actor=actor, item=item, reason=reason, window=window)
    messages.success(request, "A reviewer who has not seen this report is asked to look at that part.")
    return _to_report(report)


@login_required
@require_POST
def report_amend(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    actor, report = _report(request, report_id)
    require_reviewer(actor, report)
    signature = signature_ask(request)
    why = request.POST.get("why", "")
    reviews.report_amend(report, actor=actor, scores=posted_scores(request), why=why, signature=signature)
    signature_spend(request, signature)
    messages.success(request, "The report is amended. The revision before stays readable.")
    return _to_report(report)


@login_required
@require_GET
@never_cache
def report_document(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    """The signed report as a PDF."""
    actor = page_actor(request.user)
    report = report_to_export(actor, report_id)
    document = report_pdf(report)
    reports.report_exported(report, actor=actor)
    response = HttpResponse(document, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="skill-report-{report.pk}.pdf"'
    return response


@login_required
@require_GET
@never_cache
def report_bundle(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    """The signed report as JSON, with the hashes that `manage.py report_verify` checks."""
    actor = page_actor(request.user)
    report = report_to_export(actor, report_id)
    reports.report_exported(report, actor=actor)
    text = json.dumps(bundle_of(report), indent=1, ensure_ascii=False)
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="skill-report-{report.pk}.json"'
    return response


def _video(request: HttpRequest, video_id: uuid.UUID) -> tuple[Actor, Video]:
    actor = page_actor(request.user)
    video = video_get_for_actor(actor, video_id)
    video_look(actor, video, part="report")
    return actor, video


def _report(request: HttpRequest, report_id: uuid.UUID) -> tuple[Actor, SkillReport]:
    actor = page_actor(request.user)
    return actor, report_get_for_actor(actor, report_id)


def _context(actor: Actor, video: Video) -> dict[str, Any]:
    report = report_for_video(actor, video)
    is_open = report is not None and is_open_to(actor, report)
    is_surgeon = actor.person.pk == video.owner_id
    if report is not None and is_open:
        report_look(actor, report)
    own_review = report.reviews.filter(reviewer=actor.person).first() if report is not None else None
    return {
        "report": report,
        "view": ReportView(report) if report is not None and is_open else None,
        "is_open": is_open,
        "is_surgeon": is_surgeon,
        "is_reviewer": is_reviewer(actor) and not is_surgeon,
        "is_signer": own_review is not None and own_review.signed_at is not None,
        "own_review": own_review,
        "scorers": scorers_for_video(actor, video) if is_surgeon else [],
        "tab": "report",
    }


def _to_report(report: SkillReport) -> HttpResponse:
    return redirect("skill_report", video_id=report.video_id)
