"""Reading the audit log: an administrator sees the chain of the own hospital, newest first."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from webapp.accounts.actors import Actor
from webapp.audit.models import AuditEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Empty fields let everything through. Days are in the site's time zone, both included."""

    action: str = ""
    person: str = ""
    object_id: str = ""
    first_day: date | None = None
    last_day: date | None = None

    def words(self) -> dict[str, str]:
        """What was chosen, for the log itself."""
        return {name: str(value) for name, value in asdict(self).items() if value}


def audit_list_for_admin(actor: Actor, chosen: AuditFilter) -> QuerySet[AuditEvent]:
    admin = actor.administrator
    events = AuditEvent.objects.filter(hospital_id=str(admin.hospital_id)).order_by("-sequence")
    if chosen.action:
        events = events.filter(action=chosen.action)
    if chosen.person:
        events = events.filter(Q(actor_email__icontains=chosen.person) | Q(detail__email__icontains=chosen.person))
    if chosen.object_id:
        events = events.filter(object_id=chosen.object_id)
    if chosen.first_day:
        events = events.filter(at__gte=_midnight(chosen.first_day))
    if chosen.last_day:
        events = events.filter(at__lt=_midnight(chosen.last_day + timedelta(days=1)))
    return events


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
