"""Who looked at a correction, in the audit log: one row a visit, as of a video."""

from webapp.accounts.actors import Actor
from webapp.audit.actions import Action
from webapp.audit.visits import once_a_visit
from webapp.learning.corrections import record
from webapp.learning.models import Correction


def correction_look(actor: Actor, correction: Correction) -> None:
    """Before anything in it is shown."""
    once_a_visit(
        f"correction:{actor.person.pk}:{correction.pk}:{correction.state}",
        lambda: record(Action.CORRECTION_VIEW, correction, actor=actor),
    )
