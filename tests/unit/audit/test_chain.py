"""The chain: what is hashed, what breaks it, and how a break is named."""

import pytest
from django.db import DatabaseError, connection, transaction

from tests.factories import HospitalFactory, MembershipFactory
from webapp.accounts.actors import page_actor
from webapp.accounts.models import Hospital
from webapp.audit.chain import event_hash, plain
from webapp.audit.models import AuditEvent, AuditHead, RowsAreImmutable
from webapp.audit.services import audit_record
from webapp.audit.triggers import triggers_create
from webapp.audit.verify import Anchor, chain_verify, chains_verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def hospital() -> Hospital:
    hospital = HospitalFactory()
    for number in range(6):
        audit_record(action="video.view", hospital=hospital, object_type="video", object_id=str(number))
    return hospital


def tamper(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def problem(hospital: Hospital, **anchored) -> tuple[int | None, str]:
    report = chain_verify(str(hospital.pk), **anchored)
    return report.broken_sequence, report.problem


def test_each_row_carries_the_hash_of_the_one_before(hospital: Hospital) -> None:
    rows = list(AuditEvent.objects.filter(hospital_id=hospital.pk))
    assert [row.sequence for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [row.previous_hash for row in rows] == ["", *(row.hash for row in rows[:-1])]
    assert problem(hospital) == (None, "")


def test_hospitals_have_chains_of_their_own(hospital: Hospital) -> None:
    other = audit_record(action="video.view", hospital=HospitalFactory())
    site = audit_record(action="sign_in_failed")
    assert (other.sequence, site.sequence, site.hospital_id) == (1, 1, "")
    assert all(report.is_unbroken for report in chains_verify())
    del hospital


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("action", "video.delete"),
        ("object_id", "9"),
        ("actor_email", "x"),
        ("detail", '{"a": 1}'),
        ("ip_address", "::1"),
    ],
)
def test_a_changed_row_is_named(hospital: Hospital, column: str, value: str) -> None:
    tamper(f"UPDATE audit_auditevent SET {column} = %s WHERE sequence = 3", value)
    sequence, words = problem(hospital)
    assert sequence == 3
    assert "was changed after it was written" in words


def test_a_changed_row_whose_hash_was_made_to_fit_is_found_at_the_next(hospital: Hospital) -> None:
    row = AuditEvent.objects.get(sequence=3)
    row.action = "video.delete"
    tamper("UPDATE audit_auditevent SET action = %s, hash = %s WHERE sequence = 3", row.action, event_hash(row))
    sequence, words = problem(hospital)
    assert sequence == 4
    assert "does not follow" in words


def test_a_deleted_row_is_named(hospital: Hospital) -> None:
    tamper("DELETE FROM audit_auditevent WHERE sequence = 4")
    assert problem(hospital) == (4, "row 4 is missing: the next one is 5")


def test_a_deleted_first_row_is_named(hospital: Hospital) -> None:
    tamper("DELETE FROM audit_auditevent WHERE sequence = 1")
    assert problem(hospital)[0] == 1


def test_a_cut_off_tail_is_named(hospital: Hospital) -> None:
    tamper("DELETE FROM audit_auditevent WHERE sequence >= 5")
    assert problem(hospital) == (5, "rows 5 to 6 are missing from the end")


def test_a_whole_chain_that_is_gone_is_named(hospital: Hospital) -> None:
    tamper("DELETE FROM audit_auditevent")
    assert problem(hospital) == (1, "rows 1 to 6 are missing from the end")


def test_a_missing_head_is_named(hospital: Hospital) -> None:
    tamper("DELETE FROM audit_audithead")
    assert "head row" in problem(hospital)[1]


def test_only_an_anchor_shows_a_tail_that_was_cut_together_with_its_head(hospital: Hospital) -> None:
    head = AuditHead.objects.get()
    anchor = Anchor(sequence=head.sequence, hash=head.hash)
    before = AuditEvent.objects.get(sequence=4)
    tamper("DELETE FROM audit_auditevent WHERE sequence > 4")
    tamper("UPDATE audit_audithead SET sequence = 4, hash = %s", before.hash)
    assert problem(hospital) == (None, "")
    assert problem(hospital, anchor=anchor) == (5, "rows 5 to 6 are missing: the anchor knows them")


def test_an_anchor_shows_a_chain_that_was_written_anew(hospital: Hospital) -> None:
    anchor = Anchor(sequence=6, hash="0" * 64)
    assert "rewritten" in problem(hospital, anchor=anchor)[1]


def test_rows_are_not_changed_through_the_models(hospital: Hospital) -> None:
    row = AuditEvent.objects.filter(hospital_id=hospital.pk).first()
    assert row is not None
    for attempt in (row.save, row.delete, AuditEvent.objects.all().delete, AuditEvent.objects.all().update):
        with pytest.raises(RowsAreImmutable):
            attempt()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_auditevent SET action = 'x'",
        "DELETE FROM audit_auditevent",
        "DELETE FROM audit_audithead",
        "UPDATE audit_audithead SET sequence = 1",
    ],
)
def test_the_database_itself_refuses(hospital: Hospital, sql: str) -> None:
    triggers_create(connection)
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        tamper(sql)
    audit_record(action="video.view", hospital=hospital)
    assert problem(hospital) == (None, "")


def test_a_change_that_is_rolled_back_leaves_no_row(hospital: Hospital) -> None:
    with transaction.atomic():
        audit_record(action="video.delete", hospital=hospital)
        transaction.set_rollback(True)
    assert AuditEvent.objects.filter(hospital_id=hospital.pk).count() == 6
    assert problem(hospital) == (None, "")


@pytest.mark.parametrize(
    "detail",
    [
        {"text": "nul \x00 and \ud800 surrogate", "emoji": "🩺", "quote": '"\\/<>&\u2028'},
        {"float": 0.1 + 0.2, "whole": 3.0, "tiny": 1e-12, "huge": 1e22, "nan": float("nan"), "inf": float("inf")},
        {"int": 2**70, "negative": -(2**53), "none": None, "yes": True},
        {"nested": {"list": [1, 2.5, {"deep": ("a", "b")}], "set": {1}}, 7: "number as a key"},
        {"long": "x" * 5000},
        {"error": ValueError("anything")},
    ],
)
def test_any_detail_reads_back_to_the_same_hash(detail: dict) -> None:
    audit_record(action="video.view", detail=detail)
    assert chain_verify("").is_unbroken


def test_plain_values_are_left_alone() -> None:
    assert plain({"a": [1, 2.5, "x", None, True]}) == {"a": [1, 2.5, "x", None, True]}


def test_values_that_are_too_long_are_cut_not_refused() -> None:
    member = MembershipFactory()
    event = audit_record(
        action="a" * 100,
        actor=page_actor(member.user),
        object_type="t" * 100,
        object_id="i" * 100,
        ip_address="9" * 100,
    )
    event.refresh_from_db()
    assert [len(v) for v in (event.action, event.object_type, event.object_id, event.ip_address)] == [60, 40, 64, 45]
