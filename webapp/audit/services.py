"""Adding to the audit log. Concurrent writers of one hospital take turns, so its chain never forks."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from webapp.accounts.actors import Actor
from webapp.accounts.models import Hospital
from webapp.audit.actions import Action
from webapp.audit.chain import event_hash, plain, plain_text
from webapp.audit.context import current_ip_address
from webapp.audit.models import AuditEvent, AuditHead


@transaction.atomic
def audit_record(
    *,
    action: Action,
    actor: Actor | None = None,
    hospital: Hospital | None = None,
    object_type: str = "",
    object_id: str = "",
    ip_address: str = "",
    detail: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """One more row, in the caller's transaction: a change that is rolled back leaves no trace of having happened.

    An actor is written down with the way they came, a page excepted; who failed to sign in is none. Without `hospital`
    the row joins the site's own chain; without `ip_address` it takes that of the request in hand.
    """
    hospital_id = str(hospital.pk) if hospital else ""
    person = actor.user if actor else None
    # On PostgreSQL this row is the lock; on SQLite every transaction that writes already waits for the one before.
    AuditHead.objects.get_or_create(hospital_id=hospital_id)
    head = AuditHead.objects.select_for_update().get(hospital_id=hospital_id)
    event = AuditEvent(
        sequence=head.sequence + 1,
        hospital_id=hospital_id,
        at=timezone.now(),
        actor_id=str(person.pk) if person else "",
        actor_email=plain_text(person.email, max_chars=254) if person else "",
        action=plain_text(action, max_chars=60),
        object_type=plain_text(object_type, max_chars=40),
        object_id=plain_text(str(object_id), max_chars=64),
        ip_address=plain_text(ip_address or current_ip_address.get(), max_chars=45),
        detail=plain({**(detail or {}), **_way(actor)}),
        previous_hash=head.hash,
    )
    event.hash = event_hash(event)
    event.save(force_insert=True)
    AuditHead.objects.filter(pk=head.pk).update(sequence=event.sequence, hash=event.hash)
    return event


def audit_note_reading(action: Action, actor: Actor, chosen: Mapping[str, str]) -> None:
    """The log was read or exported, and by which filter."""
    audit_record(
        action=action, actor=actor, hospital=actor.hospital, object_type="audit_log", detail={"filter": chosen}
    )


def _way(actor: Actor | None) -> dict[str, str]:
    if actor is None or actor.via == "page":
        return {}
    return {"via": actor.via, **({"operator": actor.operator} if actor.operator else {})}
