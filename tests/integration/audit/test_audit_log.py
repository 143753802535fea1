"""What is written down at sign-in and by administrators, the page that shows it, and the command that checks it."""

import csv
import io
import json
import re
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.factories import PASSWORD, MembershipFactory, VideoFactory
from webapp.accounts.actors import page_actor
from webapp.accounts.models import Membership
from webapp.audit.actions import Action
from webapp.audit.export import safe_cell
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


# --- in words, and out of the house -----------------------------------------------------------------------------------


def row_of(client: Client, action: str) -> str:
    page = client.get(f"/account/audit/?action={action}").content.decode()
    return page.partition("<tbody>")[2]


def test_an_object_has_its_name_while_it_exists_and_none_afterwards(client: Client, admin: Membership) -> None:
    video = VideoFactory(owner=admin.user, hospital=admin.hospital, title="Marked Title <b>")
    client.force_login(admin.user)
    client.get(f"/videos/{video.pk}/")
    assert "Marked Title &lt;b&gt;" in row_of(client, "video.view")
    video.delete()
    assert "Marked" not in row_of(client, "video.view")
    assert "removed since" in row_of(client, "video.view")
    assert not AuditEvent.objects.filter(detail__icontains="Marked").exists()


def test_a_visit_to_the_library_names_what_was_shown(client: Client, admin: Membership) -> None:
    for number in range(5):
        VideoFactory(owner=admin.user, hospital=admin.hospital, title=f"Case {number}")
    client.force_login(admin.user)
    client.get("/")
    assert re.search(r"Case \d, Case \d, Case \d and 2 more", row_of(client, "library.view"))


def test_another_hospitals_object_has_no_name_here(client: Client, admin: Membership) -> None:
    theirs = VideoFactory(title="Theirs")
    audit_record(action=Action.VIDEO_VIEW, hospital=admin.hospital, object_type="video", object_id=str(theirs.pk))
    client.force_login(admin.user)
    assert "Theirs" not in row_of(client, "video.view")


@pytest.mark.parametrize("kind", ["membership", "user", "department", "job", "answer", "upload", "content", "hospital"])
def test_every_kind_of_object_can_be_looked_up_also_by_an_id_that_is_none(
    client: Client, admin: Membership, kind: str
) -> None:
    for object_id in ("", "no id", str(uuid.uuid4()), "17"):
        audit_record(action=Action.JOB_RETRY, hospital=admin.hospital, object_type=kind, object_id=object_id)
    client.force_login(admin.user)
    assert row_of(client, "job.retry").count("removed since") == 3


def test_people_are_called_by_their_names(client: Client, admin: Membership) -> None:
    member = MembershipFactory(hospital=admin.hospital, user__name="Dr Marked")
    client.force_login(admin.user)
    client.post(f"/account/members/{member.pk}/deactivate/")
    assert "Dr Marked" in row_of(client, "admin.member_deactivate")


def test_the_list_of_actions_does_not_ask_the_chain(client: Client, admin: Membership) -> None:
    client.force_login(admin.user)
    page = client.get("/account/audit/").content.decode()
    assert all(f'value="{action.value}"' in page for action in Action)


def exported(client: Client, query: str = "") -> list[dict[str, str]]:
    response = client.get(f"/account/audit/export.csv{query}")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith("attachment")
    assert "no-store" in response["Cache-Control"]
    return list(csv.DictReader(io.StringIO(response.content.decode())))


def test_the_export_holds_what_the_filter_lets_through_without_titles(client: Client, admin: Membership) -> None:
    video = VideoFactory(owner=admin.user, hospital=admin.hospital, title="Marked Title")
    client.force_login(admin.user)
    client.get(f"/videos/{video.pk}/")
    (row,) = exported(client, "?action=video.view")
    assert (row["who"], row["object_id"], json.loads(row["detail"])) == (
        admin.user.email,
        str(video.pk),
        {"part": "page"},
    )
    assert "Marked" not in str(exported(client))
    assert [row["action"] for row in exported(client, "?action=audit.export")] == ["audit.export", "audit.export"]
    assert last("audit.export").detail == {"filter": {"action": "audit.export"}}


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n@x", "＝1", '=HYPERLINK("http://evil.example")']
)
def test_no_cell_of_the_export_is_a_formula(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=1", "2026-11-28T12:00:00+00:00", '{"a": "=1"}', "x@example.org"])
def test_other_cells_are_left_alone(text: str) -> None:
    assert safe_cell(text) == text


def test_what_a_stranger_typed_is_no_formula_in_the_export(client: Client, admin: Membership) -> None:
    audit_record(action=Action.SIGN_IN_FAILED, hospital=admin.hospital, object_id="=cmd|'/c calc'!A1")
    client.force_login(admin.user)
    (row,) = exported(client, "?action=sign_in_failed")
    assert row["object_id"].startswith("'=")


def test_more_rows_than_a_file_should_hold_are_refused_in_a_sentence(
    client: Client, admin: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.audit.views.EXPORT_MAX_ROWS", 1)
    for _ in range(2):
        audit_record(action=Action.VIDEO_VIEW, hospital=admin.hospital)
    client.force_login(admin.user)
    response = client.get("/account/audit/export.csv?action=video.view")
    assert response.status_code in (400, 422)
    assert "Choose fewer days" in response.content.decode()


def test_reading_the_log_is_in_the_log_once_a_visit_and_filter(client: Client, admin: Membership) -> None:
    client.force_login(admin.user)
    for query in ("", "", "?page=2", "?action=video.view", "?action=video.view"):
        client.get(f"/account/audit/{query}")
    assert [row.detail for row in AuditEvent.objects.filter(action="audit.view")] == [
        {"filter": {}},
        {"filter": {"action": "video.view"}},
    ]
