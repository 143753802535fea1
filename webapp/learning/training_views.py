"""Training: for administrators of the hospital that trains. To everybody else these pages do not exist."""

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
from webapp.learning import promotions, runs
from webapp.learning.models import TrainingRun
from webapp.learning.references import training_references
from webapp.learning.run_selectors import run_get_for_actor, runs_for_actor
from webapp.learning.trainers import require_trainer
from webapp.learning.training_presentation import STATE_ICONS, run_view, service_view

MAX_RUNS = 30


@login_required
@require_GET
@never_cache
def training(request: HttpRequest) -> HttpResponse:
    return render(request, "learning/training.html", _overview(page_actor(request.user)))


@login_required
@require_GET
@never_cache
def training_panel(request: HttpRequest) -> HttpResponse:
    """The list alone, for a page that waits for news."""
    return render(request, "learning/_runs.html", _overview(page_actor(request.user)))


@login_required
@require_GET
@never_cache
def training_run(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    _actor, run = _run(request, run_id)
    return render(request, "learning/run.html", {"view": run_view(run)})


@login_required
@require_GET
@never_cache
def training_run_panel(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    _actor, run = _run(request, run_id)
    return render(request, "learning/_run.html", {"view": run_view(run)})


@login_required
@require_POST
def training_start(request: HttpRequest) -> HttpResponse:
    run = runs.training_run_start(
        actor=page_actor(request.user),
        is_smallest=request.POST.get("size") == "smallest",
        is_urgent=request.POST.get("when") == "now",
    )
    return redirect("training_run", run_id=run.pk)


@login_required
@require_POST
def training_run_pause(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    actor, run = _run(request, run_id)
    runs.training_run_pause(run, actor=actor)
    return redirect("training_run", run_id=run_id)


@login_required
@require_POST
def training_run_resume(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    actor, run = _run(request, run_id)
    runs.training_run_resume(run, actor=actor)
    return redirect("training_run", run_id=run_id)


@login_required
@require_POST
def training_run_cancel(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    actor, run = _run(request, run_id)
    runs.training_run_cancel(run, actor=actor)
    return redirect("training_run", run_id=run_id)


@login_required
@require_POST
def gate_approve(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    actor, run = _run(request, run_id)
    promotions.gate_approve(run, actor=actor, note=request.POST.get("note", ""))
    messages.success(request, "Approved. It can be promoted now.")
    return redirect("training_run", run_id=run_id)


@login_required
@require_POST
def adapter_promote(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    actor, run = _run(request, run_id)
    signature = signature_ask(request)
    promotions.adapter_promote(run, actor=actor, signature=signature)
    signature_spend(request, signature)
    messages.success(request, "Promoted. The next explanation is written with it.")
    return redirect("training")


@login_required
@require_POST
def adapter_roll_back(request: HttpRequest) -> HttpResponse:
    actor = page_actor(request.user)
    require_trainer(actor)
    signature = signature_ask(request)
    promotions.adapter_roll_back(actor=actor, signature=signature, reason=request.POST.get("reason", ""))
    signature_spend(request, signature)
    messages.success(request, "Rolled back. The next explanation is written without it.")
    return redirect("training")


def _run(request: HttpRequest, run_id: uuid.UUID) -> tuple[Actor, TrainingRun]:
    actor = page_actor(request.user)
    return actor, run_get_for_actor(actor, run_id)


def _overview(actor: Actor) -> dict[str, Any]:
    found = list(runs_for_actor(actor)[:MAX_RUNS])
    member = require_trainer(actor)
    return {
        "service": service_view(),
        "runs": [{"run": run, "icon": STATE_ICONS[run.state]} for run in found],
        "has_open": any(run.is_open for run in found),
        "num_references": len(training_references(member.hospital)),
    }
