"""The command line is in the audit log: which command, by whom on the machine, in whose hospital's chain."""

import getpass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from inference.errors import EngineFailed
from tests.factories import MembershipFactory, VideoFactory
from webapp.accounts.actors import Actor, command_actor, page_actor
from webapp.accounts.models import Hospital, Membership
from webapp.accounts.services import department_create
from webapp.audit.models import AuditEvent
from webapp.audit.services import audit_record
from webapp.audit.verify import chain_verify
from webapp.jobs.selectors import job_list_for_actor
from webapp.lib.errors import PermissionRefused
from webapp.videos.models import Content
from webapp.videos.selectors import video_list_for_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> Membership:
    return MembershipFactory()


def rows(hospital: Hospital | None = None) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(hospital_id=str(hospital.pk) if hospital else ""))


def test_a_password_link_made_on_the_machine_is_written_down(alice: Membership) -> None:
    call_command("password_link", alice.user.email)
    (row,) = rows(alice.hospital)
    assert (row.action, row.actor_email) == ("admin.member_password_link", "")
    assert row.detail == {"email": alice.user.email, "via": "command", "operator": getpass.getuser()}
    assert chain_verify(str(alice.hospital_id)).is_unbroken


def test_a_hospital_made_on_the_machine_is_written_down() -> None:
    call_command("hospital_create", "St Elsewhere", "--admin", "a@example.org")
    found = {row.action: row.detail["via"] for row in rows(Hospital.objects.get())}
    assert found == {"admin.hospital_create": "command", "admin.member_add": "command"}


def test_the_demo_accounts_are_written_down_and_so_are_passwords_made_anew(settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    call_command("demo_accounts", "--quiet")
    (tmp_path / "demo_accounts.json").unlink()
    call_command("demo_accounts", "--quiet")
    actions = [row.action for row in rows(Hospital.objects.get())]
    assert actions.count("admin.member_add") == actions.count("admin.password_set") == 3


def test_a_page_is_the_way_that_needs_no_word(alice: Membership) -> None:
    audit_record(action="video.view", actor=page_actor(alice.user), hospital=alice.hospital)
    (row,) = rows(alice.hospital)
    assert (row.actor_email, row.detail) == (alice.user.email, {})


def test_the_owner_named_on_the_command_line_is_the_person_and_the_operator_stays(alice: Membership) -> None:
    audit_record(action="video.upload", actor=command_actor(alice), hospital=alice.hospital)
    (row,) = rows(alice.hospital)
    assert (row.actor_email, row.detail["operator"]) == (alice.user.email, getpass.getuser())


def test_a_way_in_reaches_no_further_than_its_scopes(alice: Membership) -> None:
    talker = Actor(membership=alice, via="api", scopes=frozenset({"conversations"}))
    talker.require("conversations")
    for reach in (video_list_for_actor, job_list_for_actor):
        with pytest.raises(PermissionRefused):
            reach(talker)
    user_admin = Actor(membership=MembershipFactory(role="admin"), via="api", scopes=frozenset({"videos"}))
    with pytest.raises(PermissionRefused):
        department_create(actor=user_admin, name="Surgery", viewing="own")


def test_people_reach_all_that_their_role_allows(alice: Membership) -> None:
    assert list(video_list_for_actor(page_actor(alice.user))) == []
    with pytest.raises(PermissionRefused):
        department_create(actor=page_actor(alice.user), name="Surgery", viewing="own")


def refuse(*_: Any, **__: Any) -> None:
    raise EngineFailed("There is no model here.")


def test_a_question_asked_on_the_machine_is_written_down_answered_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    video = VideoFactory(status="ready")
    monkeypatch.setattr("workers.management.commands.ask.answering", refuse)
    with pytest.raises(CommandError):
        call_command("ask", str(video.pk), "Marked question?")
    (row,) = rows(video.hospital)
    assert (row.action, row.object_type, row.object_id) == ("command.ask", "video", str(video.pk))
    assert row.detail == {"via": "command", "operator": getpass.getuser()}


def test_a_refresh_is_written_down_for_each_content(monkeypatch: pytest.MonkeyPatch) -> None:
    content = VideoFactory(status="ready").content
    Content.objects.filter(pk=content.pk).update(prepared_at=timezone.now())
    monkeypatch.setattr("workers.management.commands.refresh_features.refreshed", lambda _: False)
    call_command("refresh_features")
    (row,) = rows(content.hospital)
    assert (row.action, row.object_id, row.detail["via"]) == ("command.refresh_features", content.sha256, "command")


def test_a_training_is_written_down_in_the_sites_chain(
    settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA_DIR = tmp_path
    started: list[list[str]] = []
    program = SimpleNamespace(main=started.append)
    monkeypatch.setattr("workers.management.commands.train.importlib.import_module", lambda _: program)
    call_command("train", "vision")
    (row,) = rows()
    assert (row.action, row.detail["program"], len(started)) == ("command.train", "vision", 1)


def test_what_is_done_with_models_is_written_down_and_a_list_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.management.commands.models.artifacts_on_disk", list)
    call_command("models", "list")
    assert rows() == []
    call_command("models", "verify")
    (row,) = rows()
    assert (row.action, row.detail["via"], row.detail["operator"]) == ("model.verify", "command", getpass.getuser())
