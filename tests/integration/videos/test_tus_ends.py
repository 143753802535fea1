"""How an upload ends, what became of it, and what of it is written down."""

import json
from typing import Any

import pytest

from tests.asgi import request
from tests.tus import CONTENT, Tus, upload_at
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.lib.storage import upload_part_path
from webapp.videos.models import Upload, Video
from webapp.videos.services import video_set_rejected

pytestmark = pytest.mark.django_db(transaction=True)


# --- termination, expiration ----------------------------------------------------------------------


def test_a_terminated_upload_is_gone_with_its_bytes(tus: Tus) -> None:
    path = tus.created()
    tus.patch(path, 0, b"abc")
    part = upload_part_path(upload_at(path).pk)
    assert (tus.ask("DELETE", path)).status == 204
    assert not part.exists()
    assert (tus.ask("HEAD", path)).status == 404
    assert (tus.patch(path, 3, b"d")).status == 404


def test_terminating_a_finished_upload_keeps_the_video(tus: Tus) -> None:
    path = tus.created()
    tus.patch(path, 0, CONTENT)
    assert (tus.ask("DELETE", path)).status == 204
    assert Video.objects.count() == 1


def test_an_expired_upload_is_410(tus: Tus) -> None:
    path = tus.created()
    Upload.objects.update(expires_at="2020-01-01T00:00:00Z")
    assert (tus.patch(path, 0, b"a")).status == 410
    assert (tus.ask("HEAD", path)).status == 410


# --- what became of it ----------------------------------------------------------------------------


def outcome(tus: Tus, path: str) -> Any:
    return json.loads(tus.ask("GET", path).body)["video"]


def test_before_its_end_an_upload_has_no_video(tus: Tus) -> None:
    path = tus.created()
    tus.patch(path, 0, CONTENT[:700])
    assert json.loads(tus.ask("GET", path).body) == {"offset_bytes": 700, "size_bytes": 2048, "video": None}


def test_the_page_learns_that_the_file_was_rejected_and_why(tus: Tus) -> None:
    path = tus.created()
    tus.patch(path, 0, CONTENT)
    assert outcome(tus, path)["status"] == "processing"
    video_set_rejected(Video.objects.get(), code="not_a_video", reason="This is not a video.")
    said = outcome(tus, path)
    assert (said["status"], said["reason"], said["was_known"]) == ("rejected", "This is not a video.", False)
    assert said["url"] == f"/videos/{Video.objects.get().pk}/"


def test_a_second_upload_of_the_same_content_is_said_to_be_known(tus: Tus, bob: User) -> None:
    paths = [tus.created() for _ in range(2)]
    for path in paths:
        tus.patch(path, 0, CONTENT)
    assert [outcome(tus, path)["was_known"] for path in paths] == [False, True]
    assert Video.objects.count() == 1


def test_that_a_colleague_has_the_content_is_told_to_nobody(tus: Tus, bob: User) -> None:
    tus.patch(tus.created(), 0, CONTENT)
    other = Tus(bob)
    path = other.created()
    other.patch(path, 0, CONTENT)
    assert outcome(other, path)["was_known"] is False


def test_asking_what_became_of_it_keeps_nobody_signed_in(tus: Tus, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tus.created()
    noted: list[Any] = []
    monkeypatch.setattr("webapp.videos.tus.access.session_note_activity", noted.append)
    assert tus.ask("GET", path).status == 200
    assert noted == []
    tus.ask("HEAD", path)
    assert len(noted) == 1


def test_what_became_of_another_persons_upload_is_not_told(tus: Tus, bob: User, charlie: User) -> None:
    path = tus.created()
    tus.patch(path, 0, CONTENT)
    assert [Tus(person).ask("GET", path).status for person in (bob, charlie)] == [404, 404]
    assert request("GET", path, {"Tus-Resumable": "1.0.0"}).status == 401


# --- the audit log --------------------------------------------------------------------------------


def test_an_upload_is_written_down_at_its_beginning_and_when_it_is_whole(tus: Tus) -> None:
    path = tus.created(size_bytes=len(CONTENT))
    tus.patch(path, 0, CONTENT)
    assert actions() == ["upload.begin", "video.upload"]


def test_an_upload_that_is_ended_is_written_down(tus: Tus) -> None:
    path = tus.created()
    tus.ask("DELETE", path)
    assert actions() == ["upload.begin", "upload.end"]
    assert AuditEvent.objects.filter(action="upload.end").get().actor_email
    assert "case" not in str(list(AuditEvent.objects.values_list("detail", flat=True)))


def actions() -> list[str]:
    return list(AuditEvent.objects.exclude(action="sign_in").order_by("pk").values_list("action", flat=True))
