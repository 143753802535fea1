"""How bytes arrive: offsets, broken lines, two senders, checksums."""

import pytest

from tests.asgi import request
from tests.tus import CHUNK, CONTENT, SHA256, Tus, checksum_of, upload_at
from webapp.accounts.models import User
from webapp.lib.storage import content_paths, upload_part_path
from webapp.videos.models import Video
from webapp.videos.parts import PartFile

pytestmark = pytest.mark.django_db(transaction=True)


# --- PATCH ----------------------------------------------------------------------------------------


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


# --- checksum -------------------------------------------------------------------------------------


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
