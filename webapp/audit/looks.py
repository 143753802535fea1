"""Who read the log itself, and by which filter: one row a visit."""

import hashlib
from functools import partial

from webapp.accounts.actors import Actor
from webapp.audit.actions import Action
from webapp.audit.selectors import AuditFilter
from webapp.audit.services import audit_note_reading
from webapp.audit.visits import note_list, once_a_visit


def audit_look(actor: Actor, chosen: AuditFilter) -> None:
    words = chosen.words()
    key = f"audit:{actor.person.pk}:{hashlib.sha256(repr(words).encode()).hexdigest()}"
    once = partial(once_a_visit, key, lambda: audit_note_reading(Action.AUDIT_VIEW, actor, words))
    note_list(actor, "the audit log", once)
