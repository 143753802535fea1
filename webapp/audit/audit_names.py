"""How people and places are called on the page of the audit log."""

from collections.abc import Collection

from webapp.accounts.models import Department, Hospital, Membership, User
from webapp.audit.names import names_register, numbers, uuids


def member_names(hospital_id: str, ids: Collection[str]) -> dict[str, str]:
    members = Membership.objects.select_related("user").filter(hospital_id=hospital_id, pk__in=numbers(ids))
    return {str(member.pk): str(member.user) for member in members}


def user_names(hospital_id: str, ids: Collection[str]) -> dict[str, str]:
    users = User.objects.filter(memberships__hospital_id=hospital_id, pk__in=uuids(ids))
    return {str(user.pk): str(user) for user in users}


def department_names(hospital_id: str, ids: Collection[str]) -> dict[str, str]:
    departments = Department.objects.filter(hospital_id=hospital_id, pk__in=uuids(ids))
    return {str(department.pk): department.name for department in departments}


def hospital_names(hospital_id: str, ids: Collection[str]) -> dict[str, str]:
    return {str(one.pk): one.name for one in Hospital.objects.filter(pk=hospital_id) if str(one.pk) in ids}


names_register("membership", member_names)
names_register("user", user_names)
names_register("department", department_names)
names_register("hospital", hospital_names)
