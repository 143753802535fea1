"""Who saw the list of background work, whose titles are those of videos (docs/audit.md)."""

from webapp.accounts.actors import Actor
from webapp.audit.actions import Action
from webapp.audit.services import audit_record
from webapp.audit.visits import note_list, once_a_visit


def jobs_look(actor: Actor) -> None:
    note_list(actor, "the list of jobs", lambda: once_a_visit(f"jobs:{actor.person.pk}", lambda: _record_look(actor)))


def _record_look(actor: Actor) -> None:
    audit_record(action=Action.JOBS_VIEW, actor=actor, hospital=actor.hospital, object_type="jobs")
