"""What administrators may do to members, and what they may not."""

import pytest
from allauth.account.models import EmailAddress

from tests.factories import DepartmentFactory, MembershipFactory
from webapp.accounts import services
from webapp.accounts.actors import page_actor
from webapp.accounts.models import Membership
from webapp.lib.errors import Conflict, InvalidInput, NotFound, PermissionRefused

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Membership:
    return MembershipFactory(role="admin")


def test_a_new_member_has_no_password_until_they_set_one(admin: Membership) -> None:
    user = services.user_create(email=" New@Example.ORG ", password=None, name="New", hospital=admin.hospital)
    assert user.email == "new@example.org"
    assert not user.has_usable_password()
    assert user.memberships.get().role == "surgeon"
    assert EmailAddress.objects.get(user=user).verified


def test_an_address_is_used_once_whatever_its_capitals(admin: Membership) -> None:
    services.user_create(email="a@example.org", password=None, name="A", hospital=admin.hospital)
    with pytest.raises(Conflict, match="already a member"):
        services.user_create(email="A@example.org", password=None, name="A", hospital=admin.hospital)


def test_an_address_of_another_hospital_gives_nothing_away(admin: Membership) -> None:
    other = MembershipFactory()
    with pytest.raises(Conflict, match="cannot be added") as refused:
        services.user_create(email=other.user.email, password=None, name="X", hospital=admin.hospital)
    assert other.hospital.name not in refused.value.message


def test_a_department_of_another_hospital_is_refused(admin: Membership) -> None:
    with pytest.raises(InvalidInput):
        services.user_create(
            email="b@example.org", password=None, name="B", hospital=admin.hospital, department=DepartmentFactory()
        )


def test_a_surgeon_changes_nobody(admin: Membership) -> None:
    surgeon = MembershipFactory(hospital=admin.hospital)
    with pytest.raises(PermissionRefused):
        services.member_update(actor=page_actor(surgeon.user), member=admin, role="surgeon", department=None)


@pytest.mark.parametrize("act", [services.member_deactivate, services.member_reset_second_factor])
def test_another_hospitals_administrator_finds_nobody(admin: Membership, act) -> None:
    charlie = MembershipFactory(role="admin")
    with pytest.raises(NotFound):
        act(actor=page_actor(charlie.user), member=admin)


def test_the_last_administrator_stays(admin: Membership) -> None:
    with pytest.raises(Conflict, match="at least one"):
        services.member_update(actor=page_actor(admin.user), member=admin, role="surgeon", department=None)


def test_a_deactivated_administrator_does_not_count(admin: Membership) -> None:
    second = MembershipFactory(hospital=admin.hospital, role="admin")
    services.member_deactivate(actor=page_actor(admin.user), member=second)
    with pytest.raises(Conflict, match="at least one"):
        services.member_update(actor=page_actor(admin.user), member=admin, role="reviewer", department=None)


def test_one_of_two_administrators_may_step_down(admin: Membership) -> None:
    MembershipFactory(hospital=admin.hospital, role="admin")
    services.member_update(actor=page_actor(admin.user), member=admin, role="reviewer", department=None)
    admin.refresh_from_db()
    assert admin.role == "reviewer"


def test_nobody_deactivates_themselves(admin: Membership) -> None:
    MembershipFactory(hospital=admin.hospital, role="admin")
    with pytest.raises(Conflict, match="own account"):
        services.member_deactivate(actor=page_actor(admin.user), member=admin)


def test_an_account_that_another_hospital_relies_on_is_not_taken_over(admin: Membership) -> None:
    member = MembershipFactory(hospital=admin.hospital)
    MembershipFactory(user=member.user)
    with pytest.raises(Conflict, match="another hospital"):
        services.member_require_new_password(actor=page_actor(admin.user), member=member)


def test_two_departments_cannot_share_a_name(admin: Membership) -> None:
    services.department_create(actor=page_actor(admin.user), name="Surgery", viewing="own")
    with pytest.raises(Conflict, match="already"):
        services.department_create(actor=page_actor(admin.user), name="Surgery", viewing="own")


def test_another_hospitals_department_is_not_found(admin: Membership) -> None:
    with pytest.raises(NotFound):
        services.department_set_viewing(
            actor=page_actor(admin.user), department=DepartmentFactory(), viewing="department"
        )
