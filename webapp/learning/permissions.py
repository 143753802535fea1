"""Who may see and judge corrections: their authors, and those of the hospital who may approve them."""

from django.db.models import Q

from webapp.accounts.actors import Actor
from webapp.accounts.models import Membership
from webapp.accounts.permissions import require_role
from webapp.learning.models import Correction
from webapp.lib.errors import PermissionRefused

APPROVERS = (Membership.Role.REVIEWER, Membership.Role.ADMIN)
READER_IS_AUTHOR = "Somebody else reads your correction."
# What its author has sent, and what came of it; before that it is theirs alone.
SENT = (Correction.State.SUBMITTED, Correction.State.APPROVED, Correction.State.DECLINED)


def is_approver(actor: Actor) -> bool:
    return actor.member.role in APPROVERS


def corrections_visible_q(membership: Membership) -> Q:
    """One's own; who approves also sees what was sent, and what was withdrawn after it had been approved."""
    visible = Q(author_id=membership.user_id)
    if membership.role in APPROVERS:
        visible |= Q(state__in=SENT) | Q(reference__isnull=False)
    return Q(hospital_id=membership.hospital_id) & visible


def require_reader(actor: Actor, correction: Correction) -> None:
    """Raises PermissionRefused, with the reason, also for an approver whose own correction it is."""
    require_approver(actor)
    if actor.person.pk == correction.author_id:
        raise PermissionRefused(READER_IS_AUTHOR, "reader_is_author")


def require_approver(actor: Actor) -> None:
    actor.require("conversations")
    require_role(actor.member, *APPROVERS)
