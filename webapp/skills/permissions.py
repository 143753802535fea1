"""Who may do what with reports and references, beside what webapp/accounts/permissions.py says of videos.

A report is between the surgeon and the hospital's reviewers. Colleagues and administrators do not read it.
"""

from django.db.models import Q

from webapp.accounts.actors import Actor
from webapp.accounts.models import Membership
from webapp.accounts.permissions import require_role
from webapp.lib.errors import PermissionRefused
from webapp.skills.models import SkillReport

REVIEWER_IS_SURGEON = "A surgeon does not review a report on their own video."


def reports_visible_q(membership: Membership) -> Q:
    """One's own; a reviewer's also those that were sent to reviewers. A draft is its surgeon's alone."""
    visible = Q(surgeon_id=membership.user_id)
    if membership.role == Membership.Role.REVIEWER:
        visible |= Q(submitted_at__isnull=False)
    return Q(hospital_id=membership.hospital_id) & visible


def require_keeper(actor: Actor) -> None:
    """Rubrics, references and scorers are kept by reviewers and administrators. Raises PermissionRefused."""
    actor.require("skills")
    require_role(actor.member, Membership.Role.REVIEWER, Membership.Role.ADMIN)


def is_keeper(actor: Actor) -> bool:
    return actor.member.role in {Membership.Role.REVIEWER, Membership.Role.ADMIN}


def require_surgeon(actor: Actor, report: SkillReport) -> None:
    """Raises PermissionRefused for everybody but the person whose hands it is about."""
    actor.require("skills")
    if actor.person.pk != report.surgeon_id:
        raise PermissionRefused("Only the surgeon whose report this is can do this.", "not_surgeon")


def require_reviewer(actor: Actor, report: SkillReport) -> None:
    """Raises PermissionRefused, with the reason, also for a reviewer whose own video it is."""
    actor.require("skills")
    if actor.person.pk == report.surgeon_id:
        raise PermissionRefused(REVIEWER_IS_SURGEON, "reviewer_is_surgeon")
    require_role(actor.member, Membership.Role.REVIEWER)
