"""Reading people. `membership_get` is the door that everything else comes through."""

import uuid

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet

from webapp.accounts.models import Department, Membership, User
from webapp.accounts.permissions import require_role
from webapp.lib.errors import NotFound, PermissionRefused

AnyUser = User | AnonymousUser


def membership_get(user: AnyUser) -> Membership:
    """The hospital that a person works in, with their role. Raises PermissionRefused when there is none."""
    if not isinstance(user, User) or not user.is_active:
        raise PermissionRefused("Sign in first.", "sign_in_needed")
    membership = user.memberships.select_related("hospital", "department", "user").order_by("created_at", "pk").first()
    if membership is None:
        raise PermissionRefused("Your account belongs to no hospital yet. Ask your administrator.", "no_hospital")
    return membership


def member_get_for_admin(admin: Membership, member_id: int) -> Membership:
    """A person's membership of the administrator's own hospital; anyone else's raises NotFound."""
    require_role(admin, Membership.Role.ADMIN)
    member = (
        Membership.objects.select_related("user", "department", "hospital")
        .filter(hospital_id=admin.hospital_id, pk=member_id, user__is_service=False)
        .first()
    )
    if member is None:
        raise NotFound
    return member


def member_list_for_admin(admin: Membership) -> QuerySet[Membership]:
    require_role(admin, Membership.Role.ADMIN)
    has_second_factor = Count("user__authenticator", filter=Q(user__authenticator__type__in=["totp", "webauthn"]))
    return (
        Membership.objects.filter(hospital_id=admin.hospital_id, user__is_service=False)
        .select_related("user", "department")
        .annotate(num_second_factors=has_second_factor)
        .order_by("-user__is_active", "user__name", "user__email")
    )


def department_list(membership: Membership) -> QuerySet[Department]:
    return Department.objects.filter(hospital_id=membership.hospital_id).order_by("name")


def department_choices(membership: Membership) -> list[Department]:
    """Where this person may put a video: an administrator into any department, others into their own."""
    if membership.role == Membership.Role.ADMIN:
        return list(department_list(membership))
    return [membership.department] if membership.department else []


def department_get_for_member(membership: Membership, department_id: str) -> Department:
    """One of `department_choices`. Raises NotFound."""
    for department in department_choices(membership):
        if str(department.pk) == department_id:
            return department
    raise NotFound


def department_get_for_admin(admin: Membership, department_id: uuid.UUID | str) -> Department:
    require_role(admin, Membership.Role.ADMIN)
    try:
        department = department_list(admin).filter(pk=department_id).first()
    except ValidationError:
        department = None
    if department is None:
        raise NotFound
    return department
