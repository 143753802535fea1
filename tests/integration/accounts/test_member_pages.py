"""The administration pages: what an administrator does there, and that nobody else gets in."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from tests.factories import PASSWORD, DepartmentFactory, MembershipFactory
from webapp.accounts.models import Department, Membership, User
from webapp.audit.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_old_rate_limits() -> None:
    cache.clear()


@pytest.fixture
def admin() -> Membership:
    return MembershipFactory(role="admin", user__name="Ada Admin")


@pytest.fixture
def admins_client(client: Client, admin: Membership) -> Client:
    client.force_login(admin.user)
    return client


def signed_in(membership: Membership) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": membership.user.email, "password": PASSWORD})
    return client


def actions(member: Membership) -> list[tuple[str, dict]]:
    place = {"role": "surgeon", "department": ""}
    pages = ["", "password-link/", "deactivate/", "activate/", "reset-second-factor/"]
    return [(f"/account/members/{member.pk}/{page}", place) for page in pages]


def test_a_new_member_sets_a_password_with_the_link_that_is_shown(admins_client: Client) -> None:
    fields = {"email": "new@example.org", "name": "Nia New", "role": "reviewer", "department": ""}
    page = admins_client.post("/account/members/add/", fields)
    assert "no-store" in page["Cache-Control"]
    link = re.search(r'value="http://testserver([^"]+)"', page.content.decode()).group(1)
    newcomer = Client()
    form = newcomer.get(link, follow=True).redirect_chain[-1][0]
    newcomer.post(form, {"password1": "long-enough-pass-9", "password2": "long-enough-pass-9"})
    newcomer.post("/accounts/login/", {"login": "new@example.org", "password": "long-enough-pass-9"})
    assert "Reviewer" in newcomer.get("/account/").content.decode()


def test_the_link_is_not_shown_again(admins_client: Client) -> None:
    fields = {"email": "new@example.org", "name": "Nia New", "role": "surgeon", "department": ""}
    admins_client.post("/account/members/add/", fields)
    assert "/password/reset/key/" not in admins_client.get("/account/members/").content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"email": "not an address"}, "valid email"),
        ({"email": ""}, "required"),
        ({"role": "emperor"}, "valid choice"),
        ({"department": "11111111-1111-1111-1111-111111111111"}, "valid choice"),
    ],
)
def test_a_wrong_entry_is_explained_and_adds_nobody(admins_client: Client, fields: dict, words: str) -> None:
    entry = {"email": "n@example.org", "name": "N", "role": "surgeon", "department": "", **fields}
    page = admins_client.post("/account/members/add/", entry)
    assert page.status_code == 422
    assert words in page.content.decode()
    assert User.objects.count() == 1


def test_markup_in_a_name_stays_text(admins_client: Client) -> None:
    entry = {"email": "n@example.org", "name": "<script>alert(1)</script>", "role": "surgeon", "department": ""}
    page = admins_client.post("/account/members/add/", entry, follow=True).content.decode()
    page += admins_client.get("/account/members/").content.decode()
    page += admins_client.get("/account/audit/").content.decode()
    assert "<script>alert" not in page


def test_a_role_and_a_department_are_changed(admins_client: Client, admin: Membership) -> None:
    member = MembershipFactory(hospital=admin.hospital)
    department = DepartmentFactory(hospital=admin.hospital)
    admins_client.post(f"/account/members/{member.pk}/", {"role": "reviewer", "department": str(department.pk)})
    member.refresh_from_db()
    assert (member.role, member.department) == ("reviewer", department)
    assert AuditEvent.objects.get(action="admin.member_update").detail["before"] == {
        "role": "surgeon",
        "department": "",
    }


def test_a_deactivated_member_is_signed_out_everywhere(admins_client: Client, admin: Membership) -> None:
    member = MembershipFactory(hospital=admin.hospital)
    members_client = signed_in(member)
    admins_client.post(f"/account/members/{member.pk}/deactivate/")
    assert members_client.get("/account/").status_code == 302
    admins_client.post(f"/account/members/{member.pk}/activate/")
    assert members_client.get("/account/").status_code == 302
    assert signed_in(member).get("/account/").status_code == 200


def test_the_last_administrator_is_told_why_they_stay(admins_client: Client, admin: Membership) -> None:
    answer = admins_client.post(f"/account/members/{admin.pk}/", {"role": "surgeon", "department": ""})
    assert answer.status_code == 409
    assert "at least one active administrator" in answer.content.decode()


def test_a_department_gets_its_policy(admins_client: Client, admin: Membership) -> None:
    admins_client.post("/account/departments/add/", {"name": "Surgery", "viewing": "own"})
    department = Department.objects.get(hospital=admin.hospital)
    admins_client.post(f"/account/departments/{department.pk}/", {"viewing": "department"})
    department.refresh_from_db()
    assert department.viewing == "department"
    assert admins_client.post("/account/departments/add/", {"name": "Surgery", "viewing": "own"}).status_code == 409


@pytest.mark.parametrize("role", ["surgeon", "reviewer"])
def test_who_is_no_administrator_is_refused(admin: Membership, role: str) -> None:
    member = MembershipFactory(hospital=admin.hospital, role=role)
    client = signed_in(member)
    for path in ("/account/members/", "/account/departments/", "/account/audit/"):
        assert client.get(path).status_code == 403, path
    for path, fields in [*actions(admin), ("/account/members/add/", {}), ("/account/departments/add/", {})]:
        assert client.post(path, fields).status_code == 403, path


def test_another_hospitals_administrator_finds_nothing(admin: Membership) -> None:
    department = DepartmentFactory(hospital=admin.hospital)
    charlie = signed_in(MembershipFactory(role="admin"))
    for path, fields in [*actions(admin), (f"/account/departments/{department.pk}/", {"viewing": "department"})]:
        assert charlie.post(path, fields).status_code == 404, path
    admin.user.refresh_from_db()
    assert admin.user.is_active
    assert "Ada Admin" not in charlie.get("/account/members/").content.decode()


def test_changes_need_a_post(admins_client: Client, admin: Membership) -> None:
    for path, _ in actions(admin):
        assert admins_client.get(path).status_code == 405, path


def test_many_members_cost_no_more_queries(admins_client: Client, admin: Membership, django_assert_max_num_queries):
    MembershipFactory.create_batch(30, hospital=admin.hospital)
    with django_assert_max_num_queries(14):
        admins_client.get("/account/members/")
