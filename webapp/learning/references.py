"""The seam between people's corrections and a round of training: what goes into it, and what it reports back."""

import uuid
from collections.abc import Iterable
from typing import Any, Protocol

from django.db import transaction

from webapp.accounts.models import Hospital
from webapp.learning.models import ReferenceSolution, ReferenceUse


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
    active = ReferenceSolution.objects.filter(hospital=hospital, state=ReferenceSolution.State.ACTIVE)
    return [{**one.row, "id": str(one.pk), "version": one.version} for one in active]


def references_used(run: Run, ids: Iterable[str]) -> None:
    """The run trains on these. Reported again, the newest report stands."""
    _note(run, [(one, "") for one in ids], ReferenceUse.Outcome.KEPT)


def references_refused(run: Run, refused: Iterable[tuple[str, str]]) -> None:
    """The run goes on without these: id and the reason, a sentence for the author."""
    _note(run, refused, ReferenceUse.Outcome.REFUSED)


@transaction.atomic
def _note(run: Run, rows: Iterable[tuple[str, str]], outcome: ReferenceUse.Outcome) -> None:
    """A reference that is gone meanwhile, with its video, is passed over."""
    reasons = {uuid.UUID(one): reason for one, reason in rows}
    for reference in ReferenceSolution.objects.filter(pk__in=reasons):
        ReferenceUse.objects.update_or_create(
            reference=reference,
            run_id=run.pk,
            defaults={"run_number": run.number, "outcome": outcome, "reason": reasons[reference.pk]},
        )
