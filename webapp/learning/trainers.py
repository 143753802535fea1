"""Who runs the training: administrators of the one hospital of this server that trains.

The adapter is one for the whole server, and it is made of one hospital's corrections: neither is the business of
another hospital's administrators, who find nothing here.
"""

from django.conf import settings

from webapp.accounts.actors import Actor
from webapp.accounts.models import Hospital, Membership
from webapp.lib.errors import NotFound


def training_hospital() -> Hospital | None:
    """The one that the setting names, else the one whose people were here first."""
    if settings.TRAINING_HOSPITAL:
        return Hospital.objects.filter(slug=settings.TRAINING_HOSPITAL).first()
    first = Membership.objects.select_related("hospital").order_by("created_at", "pk").first()
    return first.hospital if first else None


def is_trainer(membership: Membership | None) -> bool:
    if membership is None or membership.role != Membership.Role.ADMIN:
        return False
    hospital = training_hospital()
    return hospital is not None and hospital.pk == membership.hospital_id


def require_trainer(actor: Actor) -> Membership:
    """Raises NotFound for everybody else: to them there is no training."""
    actor.require("administration")
    if not is_trainer(actor.membership):
        raise NotFound("There is no such page.")
    return actor.member
