"""What is written down at sign-in and by administrators, the page that shows it, and the command that checks it."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.factories import PASSWORD, MembershipFactory
from webapp.accounts.actors import page_actor
from webapp.accounts.models import Membership
from webapp.audit.models import AuditEvent
from webapp.audit.services import audit_record

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_old_rate_limits() -> None:
    cache.clear()


@pytest.fixture
def admin() -> Membership:
    return MembershipFactory(role="admin")


def last(action: str) -> AuditEvent:
    return AuditEvent.objects.filter(action=action).order_by("-id")[0]


def sign_in(client: Client, email: str, password: str = PASSWORD) -> None:
    client.post("/accounts/login/", {"login": email, "password": password}, REMOTE_ADDR="203.0.113.9")


def test_audit_has_who_signed_in_from_where(client: Client, admin: Membership) -> None:
    sign_in(client, admin.user.email)
    event = last("sign_in")
    assert (event.actor_email, event.ip_address) == (admin.user.email, "203.0.113.9")
    assert event.hospital_id == str(admin.hospital_id)


def test_audit_has_failed_attempts_in_the_chain_of_the_persons_hospital(client: Client, admin: Membership) -> None:
    sign_in(client, admin.user.email.upper(), "wrong")
    event = last("sign_in_failed")
    assert (event.actor_id, event.hospital_id) == ("", str(admin.hospital_id))
    assert event.detail == {"email": admin.user.email}
    assert "wrong" not in json.dumps(event.detail)


def test_audit_has_attempts_on_nobody_in_the_sites_chain(client: Client) -> None:
    sign_in(client, "nobody@example.org", "wrong")
    assert last("sign_in_failed").hospital_id == ""


def test_audit_has_the_lock_out(client: Client, admin: Membership) -> None:
    for _ in range(5):
        sign_in(client, admin.user.email, "wrong")
    assert last("sign_in_locked").detail == {"email": admin.user.email}


def test_audit_has_sign_out(client: Client, admin: Membership) -> None:
    sign_in(client, admin.user.email)
    client.post("/accounts/logout/")
    assert last("sign_out").detail == {"reason": "asked"}


def test_audit_has_what_an_administrator_did_and_from_where(client: Client, admin: Membership) -> None:
    client.force_login(admin.user)
    fields = {"email": "new@example.org", "name": "N", "role": "surgeon", "department": ""}
    client.post("/account/members/add/", fields, REMOTE_ADDR="203.0.113.9")
    event = last("admin.member_add")
    assert (event.actor_email, event.ip_address) == (admin.user.email, "203.0.113.9")
    assert event.detail == {"email": "new@example.org", "role": "surgeon"}


def test_the_audit_page_shows_the_own_hospital_alone(client: Client, admin: Membership) -> None:
    audit_record(action="video.view", hospital=admin.hospital, object_id="ours")
    audit_record(action="video.view", hospital=MembershipFactory().hospital, object_id="theirs")
    client.force_login(admin.user)
    page = client.get("/account/audit/").content.decode()
    assert "ours" in page
    assert "theirs" not in page


def test_the_audit_page_filters(client: Client, admin: Membership) -> None:
    surgeon = MembershipFactory(hospital=admin.hospital)
    audit_record(action="video.view", hospital=admin.hospital, actor=page_actor(surgeon.user), object_id="first")
    audit_record(action="video.play", hospital=admin.hospital, actor=page_actor(admin.user), object_id="second")
    client.force_login(admin.user)
    today, tomorrow = timezone.now().date(), timezone.now().date() + timedelta(days=1)
    for query, seen in [
        ("action=video.play", {"second"}),
        (f"person={surgeon.user.email[:9]}", {"first"}),
        ("object_id=first", {"first"}),
        (f"first_day={today}&last_day={today}", {"first", "second"}),
        (f"first_day={tomorrow}", set()),
        ("first_day=yesterday", {"first", "second"}),
    ]:
        events = client.get(f"/account/audit/?{query}").context["page"].object_list
        assert {event.object_id for event in events} & {"first", "second"} == seen, query


def test_the_audit_page_pages_and_keeps_the_filter(client: Client, admin: Membership) -> None:
    for number in range(55):
        audit_record(action="video.view", hospital=admin.hospital, object_id=f"no-{number}")
    client.force_login(admin.user)
    page = client.get("/account/audit/?action=video.view")
    assert "?action=video.view&amp;page=2" in page.content.decode()
    assert len(client.get("/account/audit/?action=video.view&page=2").context["page"].object_list) == 5


def test_the_audit_log_cannot_be_changed_from_the_page(client: Client, admin: Membership) -> None:
    client.force_login(admin.user)
    assert client.post("/account/audit/").status_code == 405


def test_audit_verify_passes_an_unbroken_log(admin: Membership, capsys) -> None:
    audit_record(action="video.view", hospital=admin.hospital)
    call_command("audit_verify")
    assert f"{admin.hospital.name}: 1 rows, unbroken" in capsys.readouterr().out


def test_audit_verify_names_the_first_broken_row_and_fails(admin: Membership, capsys) -> None:
    for _ in range(3):
        audit_record(action="video.view", hospital=admin.hospital)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditevent SET action = 'x' WHERE sequence >= 2")
    with pytest.raises(SystemExit) as ended:
        call_command("audit_verify")
    assert ended.value.code == 1
    assert f"{admin.hospital.name}: BROKEN at row 2" in capsys.readouterr().err


def test_audit_verify_compares_with_an_anchor(admin: Membership, tmp_path: Path, capsys) -> None:
    anchor = tmp_path / "anchor.json"
    audit_record(action="video.view", hospital=admin.hospital)
    call_command("audit_verify", "--write-anchor", str(anchor))
    audit_record(action="video.view", hospital=admin.hospital)
    call_command("audit_verify", "--anchor", str(anchor))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_auditevent")
        cursor.execute("DELETE FROM audit_audithead")
    capsys.readouterr()
    with pytest.raises(SystemExit):
        call_command("audit_verify", "--anchor", str(anchor), "--json")
    report = json.loads(capsys.readouterr().out)
    assert report[0]["problem"] == "rows 1 to 1 are missing: the anchor knows them"
