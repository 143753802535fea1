"""From a measured gate to an adapter that explains, and back: a person approves, a pointer moves, the log has both."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from webapp.accounts.actors import Actor
from webapp.accounts.models import Hospital, Membership, User
from webapp.accounts.signatures import Signature
from webapp.audit.actions import Action
from webapp.audit.services import audit_record
from webapp.learning.models import AdapterMove, Gate, ReferenceSolution, ReferenceUse, TrainingRun
from webapp.learning.run_selectors import active_reasoning, gate_of, is_outdated, promoted_reasoning, rollback_target
from webapp.learning.trainers import require_trainer, training_hospital
from webapp.lib.errors import Conflict
from webapp.notices.services import notice_send
from webapp.registry.models import ModelVersion
from webapp.registry.services import model_deactivate, models_activate

NOT_PASSED = "Its gate has not been passed: it cannot be approved or promoted. Nobody can overrule that."
OUTDATED = "Another adapter explains now than the one that its gate was held against: start another run."


def gate_record(
    run_id: uuid.UUID,
    *,
    against: ModelVersion | None,
    is_passed: bool,
    rows: Sequence[Mapping[str, Any]],
    samples: Sequence[Mapping[str, Any]],
    seconds: float,
) -> Gate:
    """Measured again, an approval of before is void."""
    gate, _is_new = Gate.objects.update_or_create(
        run_id=run_id,
        defaults={
            "against": against,
            "is_passed": is_passed,
            "rows": [dict(row) for row in rows],
            "samples": [dict(sample) for sample in samples],
            "seconds": seconds,
            "created_at": timezone.now(),
            "approved_by": None,
            "approved_at": None,
            "approval_note": "",
        },
    )
    return gate


@transaction.atomic
def gate_approve(run: TrainingRun, *, actor: Actor, note: str = "") -> Gate:
    """Raises Conflict for a gate that was not passed, or was held against another adapter than the active one."""
    require_trainer(actor)
    gate = _passed_gate(_locked(run))
    if gate.approved_at is not None:
        return gate
    gate.approved_by, gate.approved_at, gate.approval_note = actor.person, timezone.now(), note.strip()[:500]
    gate.save(update_fields=["approved_by", "approved_at", "approval_note"])
    _record(Action.GATE_APPROVE, run, actor=actor)
    return gate


@transaction.atomic
def adapter_promote(run: TrainingRun, *, actor: Actor, signature: Signature) -> AdapterMove:
    """Running workers explain with it from the next explanation on. Raises Conflict, in one sentence."""
    require_trainer(actor)
    gate = _passed_gate(_locked(run))
    if gate.approved_at is None:
        raise Conflict("Approve its gate first.", code="gate_not_approved")
    withdrawn = ReferenceUse.objects.filter(
        run_id=run.pk, outcome=ReferenceUse.Outcome.KEPT, reference__state=ReferenceSolution.State.WITHDRAWN
    )
    if withdrawn.exists():
        raise Conflict(
            "It was trained on a reference that has been withdrawn since: start another run.",
            code="reference_withdrawn",
        )
    version = _candidate(run)
    before = active_reasoning()
    models_activate([version], is_by_hand=True, actor=actor)
    move = _moved(AdapterMove.Kind.PROMOTE, before=before, after=version, actor=actor.person)
    _record(Action.ADAPTER_PROMOTE, run, actor=actor, version=version.version, method=signature.method)
    return move


@transaction.atomic
def adapter_roll_back(*, actor: Actor, signature: Signature, reason: str) -> AdapterMove:
    """To what was active before. Raises Conflict where there is nothing to roll back."""
    require_trainer(actor)
    if not reason.strip():
        raise Conflict("Say in a sentence why.", code="reason_needed")
    move = _roll_back(AdapterMove.Kind.ROLL_BACK, actor=actor, person=actor.person, reason=reason.strip()[:500])
    audit_record(
        action=Action.ADAPTER_ROLL_BACK,
        actor=actor,
        hospital=actor.hospital,
        object_type="model",
        object_id=str(move.before_id),
        detail={"to": str(move.after or "none"), "reason": move.reason, "method": signature.method},
    )
    return move


@transaction.atomic
def adapter_roll_back_unasked(*, actor: Actor, reason: str) -> AdapterMove:
    """By the clock, for what was measured in service; administrators are told."""
    move = _roll_back(AdapterMove.Kind.AUTO_ROLL_BACK, actor=actor, person=None, reason=reason)
    hospital = training_hospital()
    audit_record(
        action=Action.ADAPTER_ROLL_BACK,
        actor=actor,
        hospital=hospital,
        object_type="model",
        object_id=str(move.before_id),
        detail={"to": str(move.after or "none"), "reason": reason},
    )
    if hospital is not None:
        administrators = User.objects.filter(
            memberships__hospital=hospital, memberships__role=Membership.Role.ADMIN, is_active=True
        )
        text = f"An adapter of explanations was rolled back by itself: {reason}"[:300]
        notice_send(administrators, hospital=hospital, text=text, url=reverse("training"))
    return move


def require_gate_passed(version: ModelVersion) -> None:
    """For whoever would make it active past the pages. Nothing of an adapter that no run of this site made.

    Raises Conflict.
    """
    made_by = TrainingRun.objects.filter(version=version)
    passed = Gate.objects.filter(run__in=made_by, is_passed=True).exclude(approved_at=None)
    if made_by.exists() and not passed.exists():
        raise Conflict(
            f"{version}: its gate has not been passed and approved. Nobody can overrule that.", "gate_failed"
        )


def _roll_back(kind: str, *, actor: Actor, person: User | None, reason: str) -> AdapterMove:
    active, target = active_reasoning(), rollback_target()
    if active is None or promoted_reasoning() is None:
        raise Conflict("Nothing is promoted: there is nothing to roll back.", code="nothing_active")
    if target is None or target.works_unchosen:
        model_deactivate(active, reason=reason, actor=actor)
    else:
        models_activate([target], is_by_hand=True, actor=actor)
    return _moved(kind, before=active, after=target, actor=person, reason=reason)


def _moved(
    kind: str, *, before: ModelVersion | None, after: ModelVersion | None, actor: User | None, reason: str = ""
) -> AdapterMove:
    return AdapterMove.objects.create(kind=kind, before=before, after=after, actor=actor, reason=reason)


def _passed_gate(run: TrainingRun) -> Gate:
    gate = gate_of(run)
    if gate is None or run.state != TrainingRun.State.FINISHED:
        raise Conflict("It has not been measured: its run has not ended.", code="gate_missing")
    if not gate.is_passed:
        raise Conflict(NOT_PASSED, code="gate_failed")
    if is_outdated(gate):
        raise Conflict(OUTDATED, code="gate_outdated")
    return gate


def _locked(run: TrainingRun) -> TrainingRun:
    """One promotion at a time: of two people's the second is told what the first one did."""
    Hospital.objects.select_for_update().get(pk=run.hospital_id)
    return TrainingRun.objects.select_related("version").get(pk=run.pk)


def _candidate(run: TrainingRun) -> ModelVersion:
    version = run.version
    if version is None:
        raise Conflict("The run left no adapter.", code="no_candidate")
    active = active_reasoning()
    if active is not None and active.pk == version.pk:
        raise Conflict("It is active already.", code="active_already")
    return version


def _record(action: Action, run: TrainingRun, *, actor: Actor, **detail: Any) -> None:
    audit_record(
        action=action,
        actor=actor,
        hospital=run.hospital,
        object_type="training_run",
        object_id=str(run.pk),
        detail={"run": run.number, **detail},
    )
