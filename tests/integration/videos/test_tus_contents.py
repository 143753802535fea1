"""Whose bytes an upload holds: the file that was announced, and no other."""

import base64
import hashlib
import json

import pytest

from tests.asgi import Answered
from tests.tus import CONTENT, LARGE, MIB, SHA256, Tus
from webapp.accounts.actors import page_actor
from webapp.accounts.models import User
from webapp.lib.storage import upload_part_path
from webapp.videos.models import Upload, Video
from webapp.videos.services import video_delete

pytestmark = pytest.mark.django_db(transaction=True)


def ends_of(content: bytes) -> str:
    return hashlib.sha256(content[:MIB] + content[-MIB:]).hexdigest()


def declaring(content: bytes) -> dict[str, str]:
    return {"Upload-Metadata": f"ends_sha256 {base64.b64encode(ends_of(content).encode()).decode()}"}


@pytest.mark.parametrize("content", [b"a", CONTENT, LARGE[:MIB], LARGE[: MIB + 1], LARGE])
def test_the_file_that_was_announced_becomes_a_video(tus: Tus, content: bytes) -> None:
    path = tus.create(len(content), **declaring(content))["Location"]
    half = len(content) // 2
    tus.patch(path, 0, content[:half])
    assert tus.patch(path, half, content[half:]).status == 204
    assert Video.objects.get().content.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("swapped_at", [0, MIB, len(LARGE) - 1])
def test_a_file_that_another_one_finished_never_becomes_a_video(tus: Tus, swapped_at: int) -> None:
    """Head of one patient, rest of another: the upload was begun with one file and went on with a second."""
    other = bytes(byte ^ 255 for byte in LARGE)
    path = tus.create(len(LARGE), **declaring(LARGE))["Location"]
    tus.patch(path, 0, LARGE[:swapped_at])
    said = tus.patch(path, swapped_at, other[swapped_at:])
    assert said.status == 460
    assert b"not the file that this upload was begun with" in said.body
    assert not Video.objects.exists()
    assert not Upload.objects.exists()
    assert not list(upload_part_path("0" * 32).parent.glob("*.part"))


def test_a_mixed_upload_is_found_out_on_head_too(tus: Tus, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tus.create(**declaring(CONTENT))["Location"]
    with monkeypatch.context() as patched:
        patched.setattr("webapp.videos.tus.app.finish", lambda *_args: None)
        tus.patch(path, 0, CONTENT[::-1])
    assert tus.ask("HEAD", path).status == 460
    assert not Video.objects.exists()


@pytest.mark.parametrize("declared", ["abc", "A" * 64, "g" * 64])
def test_a_declaration_that_is_no_sha256_is_400(tus: Tus, declared: str) -> None:
    header = {"Upload-Metadata": f"ends_sha256 {base64.b64encode(declared.encode()).decode()}"}
    assert tus.create(**header).status == 400


def stored_sha256(tus: Tus, path: str, start: int | str, end: int | str) -> Answered:
    return tus.ask("GET", f"{path}/sha256", query=f"start={start}&end={end}")


def test_a_client_learns_what_the_server_has_before_it_goes_on(tus: Tus) -> None:
    path = tus.created()
    tus.patch(path, 0, CONTENT[:700])
    said = stored_sha256(tus, path, 100, 700)
    assert said.status == 200
    assert json.loads(said.body)["sha256"] == hashlib.sha256(CONTENT[100:700]).hexdigest()


def test_of_a_finished_upload_the_video_is_compared(tus: Tus) -> None:
    path = tus.created()
    tus.patch(path, 0, CONTENT)
    assert json.loads(stored_sha256(tus, path, 0, 2048).body)["sha256"] == SHA256


@pytest.mark.parametrize(
    ("start", "end", "status"),
    [(0, 701, 409), (700, 700, 400), (5, 4, 400), ("x", 4, 400), (-1, 4, 400), (0, "", 400), (0, 1 << 40, 400)],
)
def test_a_range_that_is_not_there_has_no_hash(tus: Tus, start: int | str, end: int | str, status: int) -> None:
    path = tus.created()
    tus.patch(path, 0, CONTENT[:700])
    assert stored_sha256(tus, path, start, end).status == status


def test_what_lies_in_another_persons_upload_is_not_told(tus: Tus, bob: User, charlie: User) -> None:
    path = tus.created()
    tus.patch(path, 0, CONTENT[:700])
    assert [stored_sha256(Tus(person), path, 0, 700).status for person in (bob, charlie)] == [404, 404]


def test_an_upload_whose_video_was_removed_is_not_called_uploaded(tus: Tus, alice: User) -> None:
    path = tus.created()
    tus.patch(path, 0, CONTENT)
    video_delete(Video.objects.get(), actor=page_actor(alice))
    assert tus.ask("HEAD", path).status == 404


def test_nor_is_one_that_lost_its_video_and_stayed(tus: Tus) -> None:
    path = tus.created()
    tus.patch(path, 0, CONTENT)
    Upload.objects.update(video=None)
    assert tus.ask("HEAD", path).status == 410
    assert stored_sha256(tus, path, 0, 700).status == 410
