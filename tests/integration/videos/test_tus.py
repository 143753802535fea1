"""tus 1.0.0 as its specification has it, plus what a hospital needs of it."""

import base64
import errno
import hashlib
import json
import sqlite3
from typing import Any

import pytest
from django.db import OperationalError

from tests.asgi import Answered, request, session_cookie
from webapp.accounts.actors import page_actor
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.lib.storage import content_paths, upload_part_path
from webapp.videos.models import Upload, Video
from webapp.videos.parts import PartFile
from webapp.videos.services import video_delete, video_set_rejected
from webapp.videos.uploads import upload_advance

pytestmark = pytest.mark.django_db(transaction=True)

CONTENT = bytes(range(256)) * 8  # 2048 bytes
SHA256 = hashlib.sha256(CONTENT).hexdigest()
CHUNK = {"Content-Type": "application/offset+octet-stream"}


class Tus:
    """One signed-in tus client."""

    def __init__(self, user: User) -> None:
        self.headers = {"Cookie": session_cookie(user), "Tus-Resumable": "1.0.0"}

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, **rest: Any) -> Answered:
        return request(method, path, {**self.headers, **(headers or {})}, **rest)

    def create(self, size_bytes: int = len(CONTENT), **headers: str) -> Answered:
        return self.ask("POST", "/uploads/", {"Upload-Length": str(size_bytes), **headers})

    def created(self, size_bytes: int = len(CONTENT)) -> str:
        return (self.create(size_bytes))["Location"]

    def patch(self, path: str, offset: int, *pieces: bytes, hangs_up: bool = False, **headers: str) -> Answered:
        sent = {**CHUNK, "Upload-Offset": str(offset), **{key.replace("_", "-"): text for key, text in headers.items()}}
        return self.ask("PATCH", path, sent, pieces=pieces, hangs_up=hangs_up)

    def offset(self, path: str) -> int:
        return int((self.ask("HEAD", path))["Upload-Offset"])


@pytest.fixture
def tus(alice: User) -> Tus:
    return Tus(alice)


def checksum_of(data: bytes, algorithm: str = "sha1") -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"


def metadata_of(filename: str) -> str:
    return f"filename {base64.b64encode(filename.encode()).decode()},filetype dmlkZW8vbXA0"


def upload_at(path: str) -> Upload:
    return Upload.objects.get(pk=path.rsplit("/", 1)[-1])


# --- OPTIONS and versions ------------------------------------------------------------------------------


def test_options_says_what_the_server_can() -> None:
    said = request("OPTIONS", "/uploads/")
    assert said.status == 204
    assert said["Tus-Version"] == "1.0.0"
    assert said["Tus-Extension"] == "creation,creation-with-upload,checksum,expiration,termination"
    assert said["Tus-Checksum-Algorithm"] == "sha1,sha256"
    assert int(said["Tus-Max-Size"]) > 0


@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH", "DELETE"])
@pytest.mark.parametrize("version", ["0.2.2", ""])
def test_another_version_is_412_with_ours(tus: Tus, method: str, version: str) -> None:
    said = tus.ask(method, tus.created(), {"Tus-Resumable": version})
    assert (said.status, said["Tus-Version"], said["Tus-Resumable"]) == (412, "1.0.0", "1.0.0")


def test_methods_that_mean_nothing_are_405(tus: Tus) -> None:
    assert (tus.ask("GET", "/uploads/")).status == 405
    assert (tus.ask("PUT", tus.created()))["Allow"] == "OPTIONS, GET, HEAD, PATCH, DELETE"


def test_a_method_override_is_ignored(tus: Tus) -> None:
    path = tus.created()
    assert (tus.ask("POST", path, {"X-HTTP-Method-Override": "DELETE"})).status == 405
    assert tus.offset(path) == 0


# --- creation ----------------------------------------------------------------------------------------------


def test_creation_gives_an_address_and_an_expiry(tus: Tus) -> None:
    said = tus.create()
    assert (said.status, said["Upload-Offset"]) == (201, "0")
    assert said["Location"].startswith("/uploads/")
    assert said["Upload-Expires"].endswith("GMT")


def test_head_gives_length_offset_and_the_metadata_as_sent(tus: Tus) -> None:
    path = (tus.create(**{"Upload-Metadata": metadata_of("case 17.mp4")}))["Location"]
    said = tus.ask("HEAD", path)
    assert (said.status, said["Upload-Offset"], said["Upload-Length"]) == (200, "0", "2048")
    assert said["Cache-Control"] == "no-store"
    assert said["Upload-Metadata"] == metadata_of("case 17.mp4")
    assert said.body == b""


@pytest.mark.parametrize("length", ["", "-1", "1.5", "abc", "9" * 40])
def test_a_length_that_is_no_number_is_400(tus: Tus, length: str) -> None:
    assert (tus.ask("POST", "/uploads/", {"Upload-Length": length})).status == 400


def test_an_unknown_length_is_refused(tus: Tus) -> None:
    assert (tus.ask("POST", "/uploads/", {"Upload-Defer-Length": "1"})).status == 400


def test_an_empty_file_is_refused_in_words(tus: Tus) -> None:
    said = tus.create(0)
    assert said.status == 422
    assert b"empty" in said.body


def test_a_file_over_the_limit_is_413(tus: Tus, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 2000
    assert (tus.create(2001)).status == 413
    assert (tus.create(2000)).status == 201


@pytest.mark.parametrize("metadata", ["filename !!!", "filename YQ==,filename YQ==", "a b c", "x" * 9000])
def test_broken_metadata_is_400(tus: Tus, metadata: str) -> None:
    assert (tus.create(**{"Upload-Metadata": metadata})).status == 400


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\cases\\<img src=x>.mp4", "<img src=x>.mp4"),
        ("a\x00b\x1b\u202egp4.mp4", "abgp4.mp4"),
        ("..", "video"),
        ("", "video"),
        ("u\u0308ber.mp4", "\u00fcber.mp4"),
        ("x" * 400 + ".mp4", "x" * 255),
    ],
)
def test_a_hostile_file_name_is_kept_as_text_only(tus: Tus, sent: str, kept: str) -> None:
    path = (tus.create(**{"Upload-Metadata": metadata_of(sent)}))["Location"]
    assert upload_at(path).filename == kept


def test_creation_with_the_whole_file_makes_the_video(tus: Tus) -> None:
    said = tus.ask("POST", "/uploads/", {**CHUNK, "Upload-Length": "2048"}, pieces=[CONTENT])
    assert (said.status, said["Upload-Offset"]) == (201, "2048")
    assert said["Debrief-Video"] == f"/videos/{Video.objects.get().pk}/"


def test_creation_with_a_first_part_can_go_on(tus: Tus) -> None:
    said = tus.ask("POST", "/uploads/", {**CHUNK, "Upload-Length": "2048"}, pieces=[CONTENT[:100]])
    assert (said.status, said["Upload-Offset"]) == (201, "100")
    assert (tus.patch(said["Location"], 100, CONTENT[100:])).status == 204


def test_creation_with_a_body_of_another_type_is_415(tus: Tus) -> None:
    headers = {"Upload-Length": "2048", "Content-Type": "video/mp4", "Content-Length": "5"}
    assert (tus.ask("POST", "/uploads/", headers, pieces=[b"abcde"])).status == 415
    assert not Upload.objects.exists()


@pytest.mark.parametrize("hangs_up", [True, False])
def test_a_first_part_that_fails_leaves_nothing_behind(tus: Tus, hangs_up: bool) -> None:
    headers = {**CHUNK, "Upload-Length": "2048"} | ({} if hangs_up else {"Upload-Checksum": checksum_of(b"other")})
    said = tus.ask("POST", "/uploads/", headers, pieces=[CONTENT[:100]], hangs_up=hangs_up)
    assert said.status == (408 if hangs_up else 460)
    assert not Upload.objects.exists()


# --- PATCH --------------------------------------------------------------------------------------------------


def test_a_file_in_parts_arrives_whole(tus: Tus, alice: User) -> None:
    path = tus.created()
    first = tus.patch(path, 0, CONTENT[:700], CONTENT[700:1000])
    assert (first.status, first["Upload-Offset"]) == (204, "1000")
    last = tus.patch(path, 1000, CONTENT[1000:])
    video = Video.objects.get()
    assert (last.status, last["Upload-Offset"], last["Debrief-Video"]) == (204, "2048", f"/videos/{video.pk}/")
    assert (video.content.sha256, video.owner, video.content.size_bytes) == (SHA256, alice, 2048)
    assert content_paths(video.hospital_id, SHA256).original.read_bytes() == CONTENT


def test_the_finished_video_is_handed_over_once(tus: Tus, sent: list[str]) -> None:
    path = tus.created()
    tus.patch(path, 0, CONTENT)
    assert sent == [str(Video.objects.get().job_id)]
    assert not upload_part_path(upload_at(path).pk).exists()


def test_after_the_end_head_and_patch_still_name_the_video(tus: Tus) -> None:
    path = tus.created()
    tus.patch(path, 0, CONTENT)
    assert (tus.ask("HEAD", path))["Debrief-Video"] == f"/videos/{Video.objects.get().pk}/"
    assert (tus.patch(path, 2048)).status == 204
    assert Video.objects.count() == 1


@pytest.mark.parametrize("offset", [1, 699, 701, 2048])
def test_a_wrong_offset_is_409_and_changes_nothing(tus: Tus, offset: int) -> None:
    path = tus.created()
    tus.patch(path, 0, CONTENT[:700])
    said = tus.patch(path, offset, b"zzz")
    assert (said.status, said["Upload-Offset"]) == (409, "700")
    assert tus.offset(path) == 700


def test_a_missing_offset_is_400(tus: Tus) -> None:
    assert (tus.ask("PATCH", tus.created(), CHUNK, pieces=[b"a"])).status == 400


def test_another_content_type_is_415(tus: Tus) -> None:
    path = tus.created()
    said = tus.ask("PATCH", path, {"Content-Type": "video/mp4", "Upload-Offset": "0"}, pieces=[b"a"])
    assert said.status == 415


@pytest.mark.parametrize("announced", [True, False])
def test_more_bytes_than_announced_are_413_and_discarded(tus: Tus, announced: bool) -> None:
    path = tus.created(10)
    headers = {"Content_Length": "11"} if announced else {}
    assert (tus.patch(path, 0, b"12345", b"678901", **headers)).status == 413
    assert tus.offset(path) == 0


def test_a_broken_connection_keeps_what_arrived(tus: Tus) -> None:
    path = tus.created()
    tus.patch(path, 0, CONTENT[:300], CONTENT[300:555], hangs_up=True)
    assert tus.offset(path) == 555
    assert (tus.patch(path, 555, CONTENT[555:])).status == 204
    assert Video.objects.get().content.sha256 == SHA256


def test_a_stalled_connection_gives_the_upload_free(tus: Tus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.videos.tus.receiving.IDLE_S", 0.05)
    path = tus.created()
    said = request("PATCH", path, {**tus.headers, **CHUNK, "Upload-Offset": "0"}, pieces=[b"a" * 9], stalls=True)
    assert said.status == 408
    assert tus.offset(path) == 9


def test_bytes_past_the_noted_offset_are_cut_off(tus: Tus) -> None:
    """The server died after writing and before noting."""
    path = tus.created()
    tus.patch(path, 0, CONTENT[:700])
    with upload_part_path(upload_at(path).pk).open("ab") as part:
        part.write(b"never noted")
    assert tus.offset(path) == 700
    tus.patch(path, 700, CONTENT[700:])
    assert Video.objects.get().content.sha256 == SHA256


def test_a_file_shorter_than_noted_is_believed(tus: Tus) -> None:
    path = tus.created()
    tus.patch(path, 0, CONTENT[:700])
    with upload_part_path(upload_at(path).pk).open("rb+") as part:
        part.truncate(400)
    assert tus.offset(path) == 400


def test_a_whole_upload_that_never_became_a_video_does_so_on_head(tus: Tus, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tus.created()
    with monkeypatch.context() as patched:
        patched.setattr("webapp.videos.tus.app.finish", lambda *_args: None)
        tus.patch(path, 0, CONTENT)
    assert not Video.objects.exists()
    assert (tus.ask("HEAD", path))["Debrief-Video"] == f"/videos/{Video.objects.get().pk}/"


def test_while_one_request_writes_another_is_423(tus: Tus) -> None:
    path = tus.created()
    with PartFile(upload_part_path(upload_at(path).pk)):
        assert (tus.patch(path, 0, b"a")).status == 423
        assert (tus.ask("DELETE", path)).status == 423
        assert (tus.ask("HEAD", path)).status == 200
    assert (tus.patch(path, 0, b"a")).status == 204


# --- checksum -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_right_checksum_is_kept(tus: Tus, algorithm: str) -> None:
    path = tus.created()
    said = tus.patch(path, 0, CONTENT[:9], Upload_Checksum=checksum_of(CONTENT[:9], algorithm))
    assert (said.status, said["Upload-Offset"]) == (204, "9")


def test_a_wrong_checksum_is_460_and_the_chunk_is_discarded(tus: Tus) -> None:
    path = tus.created()
    tus.patch(path, 0, CONTENT[:100])
    assert (tus.patch(path, 100, b"broken", Upload_Checksum=checksum_of(b"whole"))).status == 460
    assert tus.offset(path) == 100
    tus.patch(path, 100, CONTENT[100:], Upload_Checksum=checksum_of(CONTENT[100:]))
    assert Video.objects.get().content.sha256 == SHA256


def test_a_broken_connection_discards_a_chunk_that_cannot_be_checked(tus: Tus) -> None:
    path = tus.created()
    tus.patch(path, 0, b"half", hangs_up=True, Upload_Checksum=checksum_of(b"half and half"))
    assert tus.offset(path) == 0


@pytest.mark.parametrize("header", ["md5 YWJj", "sha1 !!!", "sha1 YWJj", "sha1"])
def test_a_checksum_that_means_nothing_is_400(tus: Tus, header: str) -> None:
    assert (tus.patch(tus.created(), 0, b"a", Upload_Checksum=header)).status == 400


# --- termination, expiration ----------------------------------------------------------------------------------


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


# --- who may ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
@pytest.mark.parametrize("person", ["bob", "admin", "charlie"])
def test_another_persons_upload_is_not_there(
    tus: Tus, method: str, person: str, request: pytest.FixtureRequest
) -> None:
    path = tus.created()
    stranger = Tus(request.getfixturevalue(person))
    headers = {**CHUNK, "Upload-Offset": "0"}
    assert (stranger.ask(method, path, headers, pieces=[b"a"])).status == 404
    assert tus.offset(path) == 0


@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH", "DELETE"])
def test_nobody_uploads_unsigned(tus: Tus, method: str) -> None:
    path = "/uploads/" if method == "POST" else tus.created()
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "5", "Upload-Offset": "0", **CHUNK}
    assert (request(method, path, headers, pieces=[b"abcde"])).status == 401


def test_an_idle_session_no_longer_uploads(tus: Tus, settings: Any) -> None:
    path = tus.created()
    settings.SESSION_IDLE_S = -1
    said = tus.patch(path, 0, b"a")
    assert said.status == 401
    assert b"goes on where it stopped" in said.body


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "evil.example"},
    ],
)
def test_another_site_cannot_upload(tus: Tus, headers: dict[str, str]) -> None:
    assert (tus.create(**headers)).status == 403
    assert (tus.create(**{"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"})).status == 201


@pytest.mark.parametrize("path", ["/uploads/nothing", "/uploads/a/b", f"/uploads/{'0' * 36}"])
def test_an_address_that_is_none_is_404(tus: Tus, path: str) -> None:
    said = tus.ask("HEAD", path)
    assert (said.status, said["Tus-Resumable"]) == (404, "1.0.0")


# --- room -----------------------------------------------------------------------------------------------------


def test_the_quota_counts_uploads_in_flight(tus: Tus, alice: User) -> None:
    hospital = alice.memberships.get().hospital
    hospital.quota_bytes = 3000
    hospital.save()
    path = tus.created()
    refused = tus.create()
    assert refused.status == 507
    assert b"quota_exceeded" in refused.body
    tus.ask("DELETE", path)
    assert (tus.create()).status == 201


def test_the_quota_counts_finished_videos_once_per_content(tus: Tus, alice: User, bob: User) -> None:
    hospital = alice.memberships.get().hospital
    hospital.quota_bytes = 5000
    hospital.save()
    tus.patch(tus.created(), 0, CONTENT)
    other = Tus(bob)
    other.patch(other.created(), 0, CONTENT)
    assert (tus.create(2952)).status == 201
    assert (tus.create(1)).status == 507


def test_a_full_disk_refuses_before_anything_is_sent(tus: Tus, settings: Any) -> None:
    settings.DISK_RESERVE_BYTES = 1 << 62
    said = tus.create()
    assert said.status == 507
    assert b"disk_full" in said.body


def test_a_disk_that_fills_up_keeps_what_fitted(tus: Tus, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tus.created()
    with monkeypatch.context() as patched:
        patched.setattr("webapp.videos.parts.os.write", full_after(600))
        said = tus.patch(path, 0, CONTENT)
    assert said.status == 507
    assert tus.offset(path) == 600
    assert (tus.patch(path, 600, CONTENT[600:])).status == 204
    assert Video.objects.get().content.sha256 == SHA256


def test_a_disk_that_fills_up_discards_a_chunk_with_a_checksum(tus: Tus, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tus.created()
    with monkeypatch.context() as patched:
        patched.setattr("webapp.videos.parts.os.write", full_after(600))
        assert (tus.patch(path, 0, CONTENT, Upload_Checksum=checksum_of(CONTENT))).status == 507
    assert tus.offset(path) == 0


def full_after(num_bytes: int) -> Any:
    """An os.write for a disk with room for so many bytes."""
    import errno
    import os

    write, left = os.write, num_bytes

    def limited(descriptor: int, data: Any) -> int:
        nonlocal left
        if left == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = write(descriptor, bytes(data)[:left])
        left -= written
        return written

    return limited


# --- whose bytes these are ----------------------------------------------------------------------------------------


MIB = 1024 * 1024
LARGE = b"".join(hashlib.sha256(str(n).encode()).digest() * 1024 for n in range(80))  # 2.5 MiB


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


# --- how much at once -----------------------------------------------------------------------------------------------


def test_a_cap_is_429_in_words_and_the_upload_goes_on_later(tus: Tus, settings: Any) -> None:
    settings.UPLOADS_OPEN_PER_PERSON = 1
    path = tus.created()
    refused = tus.create()
    assert refused.status == 429
    assert b"discard one" in refused.body
    tus.patch(path, 0, CONTENT)
    assert tus.create().status == 201


def test_a_lapsed_upload_that_finds_no_room_keeps_its_bytes(tus: Tus, settings: Any) -> None:
    settings.UPLOADS_OPEN_PER_PERSON = 1
    path = tus.created()
    tus.patch(path, 0, CONTENT[:700])
    Upload.objects.update(promised_until="2020-01-01T00:00:00Z")
    other = tus.created()
    assert tus.patch(path, 700, CONTENT[700:]).status == 429
    tus.ask("DELETE", other)
    assert tus.patch(path, 700, CONTENT[700:]).status == 204
    assert Video.objects.get().content.sha256 == SHA256


def test_a_slow_line_shows_that_it_is_alive(tus: Tus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.videos.tus.receiving.DURABLE_EVERY_S", 0)
    noted: list[int] = []

    def advance(upload: Upload, *, offset_bytes: int) -> bool:
        noted.append(offset_bytes)
        return upload_advance(upload, offset_bytes=offset_bytes)

    monkeypatch.setattr("webapp.videos.tus.receiving.upload_advance", advance)
    tus.patch(tus.created(3 * MIB), 0, LARGE[:MIB], LARGE[:MIB])
    assert noted == [MIB, 2 * MIB]


def test_a_body_over_the_limit_of_one_request_is_413(tus: Tus, settings: Any) -> None:
    settings.UPLOAD_CHUNK_MAX_BYTES = 1000
    path = tus.created()
    announced = tus.patch(path, 0, CONTENT[:1001], Content_Length="1001")
    assert announced.status == 413
    assert b"at most 1000" in announced.body
    assert tus.patch(path, 0, CONTENT[:600], CONTENT[600:1001]).status == 413
    assert tus.patch(path, 0, CONTENT[:1000]).status == 204


def test_a_first_body_over_the_limit_leaves_nothing_behind(tus: Tus, settings: Any) -> None:
    settings.UPLOAD_CHUNK_MAX_BYTES = 1000
    said = tus.ask("POST", "/uploads/", {**CHUNK, "Upload-Length": "2048"}, pieces=[CONTENT])
    assert said.status == 413
    assert not Upload.objects.exists()


# --- a full disk, a dead one ------------------------------------------------------------------------------------


def test_a_full_database_is_507_and_not_called_busy(tus: Tus, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text is SQLite's and PostgreSQL's; tests/unit/lib/test_trouble.py has the errors that they really raise."""
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorname = "SQLITE_FULL"

    def create(**_fields: Any) -> None:
        raise OperationalError("database or disk is full") from full

    monkeypatch.setattr("webapp.videos.uploads.Upload.objects.create", create)
    said = tus.create()
    assert said.status == 507
    assert b"disk is full" in said.body
    assert b"busy" not in said.body


def test_a_storage_that_fails_otherwise_is_not_called_full(tus: Tus, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tus.created()

    def broken(*_arguments: Any) -> int:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr("webapp.videos.parts.os.write", broken)
        said = tus.patch(path, 0, CONTENT)
    assert said.status == 503
    assert b"storage cannot be used" in said.body
    assert tus.patch(path, 0, CONTENT).status == 204


def test_the_quota_counts_what_was_derived_of_a_video(tus: Tus, alice: User) -> None:
    hospital = alice.memberships.get().hospital
    hospital.quota_bytes = 6000
    hospital.save()
    tus.patch(tus.created(), 0, CONTENT)
    paths = content_paths(hospital.pk, SHA256)
    paths.proxy.write_bytes(b"p" * 2000)
    paths.features.write_bytes(b"f" * 1000)
    assert tus.create(953).status == 507
    assert tus.create(952).status == 201


# --- what became of it ------------------------------------------------------------------------------------------


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


# --- the audit log ------------------------------------------------------------------------------------------------


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
