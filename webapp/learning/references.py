"""The seam between people's corrections and a round of training: what goes into it, and what it reports back."""

import uuid
from collections.abc import Iterable
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from webapp.accounts.actors import Actor
from webapp.accounts.models import Hospital
from webapp.conversations.models import Answer
from webapp.learning.models import Correction, ReferenceSolution, ReferenceUse, TrainingRun, WithdrawalReceipt
from webapp.learning.models.run import OPEN_STATES
from webapp.notices.services import notice_send

State = ReferenceSolution.State
Outcome = ReferenceUse.Outcome
# Of a run that began with it and has not ended yet.
GOING_ON = "going_on"


class Run(Protocol):
    """A training run, as far as references know of it."""

    @property
    def pk(self) -> uuid.UUID: ...

    @property
    def number(self) -> int: ...


def training_references(hospital: Hospital) -> list[dict[str, Any]]:
    """The hospital's approved references, one row each, as the round's `--references` has them on its lines.

    What was withdrawn, or is not the newest version, is not among them.
    """
    return [_row(one) for one in ReferenceSolution.objects.filter(hospital=hospital, state=State.ACTIVE)]


def references_beside(correction: Correction) -> list[dict[str, Any]]:
    """Those that would be trained on together with it. An earlier version of it would not."""
    active = ReferenceSolution.objects.filter(hospital=correction.hospital, state=State.ACTIVE)
    return [_row(one) for one in active.exclude(answer=correction.answer)]


def references_used(run: Run, ids: Iterable[str]) -> None:
    """The run trains on these. Reported again, the newest report stands."""
    _note(run, [(one, "") for one in ids], Outcome.KEPT)


def references_refused(run: Run, refused: Iterable[tuple[str, str]]) -> None:
    """The run goes on without these: id and the reason, a sentence for the author."""
    _note(run, refused, Outcome.REFUSED)


def reference_add(correction: Correction) -> ReferenceSolution:
    """The next version of what is to be answered, in place of the one before. In the caller's transaction."""
    answer = Answer.objects.select_for_update(of=("self",)).get(pk=correction.answer_id)
    before = ReferenceSolution.objects.filter(answer=answer)
    newest = before.aggregate(newest=Max("version"))["newest"] or 0
    before.filter(state=State.ACTIVE).update(state=State.SUPERSEDED)
    return ReferenceSolution.objects.create(
        hospital=correction.hospital, correction=correction, answer=answer, version=newest + 1, row=correction.row
    )


def reference_withdraw(correction: Correction, *, actor: Actor, reason: str = "") -> WithdrawalReceipt | None:
    """No round after this moment has it. None where it never became a reference. In the caller's transaction."""
    reference = ReferenceSolution.objects.select_for_update().filter(correction=correction).first()
    if reference is None or reference.state == State.WITHDRAWN:
        return None
    reference.state, reference.withdrawn_at = State.WITHDRAWN, timezone.now()
    reference.save(update_fields=["state", "withdrawn_at"])
    return receipt_write(reference, correction=correction, withdrawn_by=actor.person, reason=reason)


def receipt_write(
    reference: ReferenceSolution, *, correction: Correction | None, withdrawn_by: Any, reason: str
) -> WithdrawalReceipt:
    """`correction` is None where it goes together with its video: the receipt stays."""
    return WithdrawalReceipt.objects.create(
        hospital=reference.hospital,
        author=reference.correction.author,
        withdrawn_by=withdrawn_by,
        correction=correction,
        reference_id=reference.pk,
        version=reference.version,
        runs=_runs(reference),
        reason=reason,
    )


@transaction.atomic
def _note(run: Run, rows: Iterable[tuple[str, str]], outcome: Outcome) -> None:
    """A reference that is gone meanwhile, with its video, is passed over."""
    reasons = {uuid.UUID(one): reason for one, reason in rows}
    found = ReferenceSolution.objects.filter(pk__in=reasons).select_related("correction__author", "hospital")
    for reference in found:
        is_news = not reference.uses.filter(outcome=outcome).exists()
        ReferenceUse.objects.update_or_create(
            reference=reference,
            run_id=run.pk,
            defaults={"run_number": run.number, "outcome": outcome, "reason": reasons[reference.pk]},
        )
        # Withdrawn while the run went on: its receipt says that this run still had it.
        WithdrawalReceipt.objects.filter(reference_id=reference.pk).update(runs=_runs(reference))
        if is_news:
            _tell(reference, run, outcome)


def _tell(reference: ReferenceSolution, run: Run, outcome: Outcome) -> None:
    """Of the first run that took it and the first that did not; the ledger has them all."""
    words = (
        f"Training run {run.number} learns from a correction of yours."
        if outcome == Outcome.KEPT
        else f"Training run {run.number} left a correction of yours out. The reason is on its page."
    )
    correction = reference.correction
    url = reverse("correction", args=[correction.pk])
    notice_send([correction.author], hospital=reference.hospital, text=words, url=url)


def _row(reference: ReferenceSolution) -> dict[str, Any]:
    return {**reference.row, "id": str(reference.pk), "version": reference.version}


def _runs(reference: ReferenceSolution) -> list[dict[str, Any]]:
    """Those that have reported, and those that are going on and began while it was approved."""
    told = list(reference.uses.all())
    until = reference.withdrawn_at or timezone.now()
    going = TrainingRun.objects.filter(
        hospital=reference.hospital, state__in=OPEN_STATES, started_at__range=(reference.created_at, until)
    ).exclude(pk__in=[one.run_id for one in told])
    runs = [{"number": one.run_number, "outcome": one.outcome} for one in told]
    return [*runs, *({"number": one.number, "outcome": GOING_ON} for one in going)]
