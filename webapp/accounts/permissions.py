"""The one place that says who may do what. Selectors and views ask here and decide nothing themselves."""

import uuid

from django.db.models import Q

from webapp.accounts.models import Department, Membership
from webapp.lib.errors import PermissionRefused

WHOLE_HOSPITAL_ROLES = frozenset({Membership.Role.REVIEWER, Membership.Role.ADMIN})


def videos_visible_q(membership: Membership) -> Q:
    """For any rows with `owner`, `hospital` and `department`: those that this person may look at.

    Never another hospital's. Reviewers and administrators see the whole hospital; surgeons their own, and the
    department's where its policy says so.
    """
    in_hospital = Q(hospital_id=membership.hospital_id)
    if membership.role in WHOLE_HOSPITAL_ROLES:
        return in_hospital
    visible = Q(owner_id=membership.user_id)
    department = membership.department
    if department is not None and department.viewing == Department.Viewing.DEPARTMENT:
        visible |= Q(department_id=department.pk)
    return in_hospital & visible


def can_manage(membership: Membership, *, owner_id: uuid.UUID | None, hospital_id: uuid.UUID) -> bool:
    """Rename, delete, retry, cancel: the owner, or an administrator of the same hospital."""
    if membership.hospital_id != hospital_id:
        return False
    return membership.user_id == owner_id or membership.role == Membership.Role.ADMIN


def require_role(membership: Membership, *roles: str) -> None:
    """Raises PermissionRefused unless the person has one of the roles."""
    if membership.role in roles:
        return
    names = " or ".join(Membership.Role(role).label.lower() for role in roles)
    article = "an" if names[0] in "aeiou" else "a"
    raise PermissionRefused(f"Only {article} {names} of your hospital can do this.", "role_needed")
