"""How an upload begins: versions, length, metadata, a first part."""

from typing import Any

import pytest

from tests.asgi import request
from tests.tus import CHUNK, CONTENT, Tus, checksum_of, metadata_of, upload_at
from webapp.videos.models import Upload, Video

pytestmark = pytest.mark.django_db(transaction=True)


# --- OPTIONS and versions -------------------------------------------------------------------------


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


# --- creation -------------------------------------------------------------------------------------


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
