"""Where there is no room: quota, caps, a full disk, a database that is away."""

import errno
import os
import sqlite3
from typing import Any

import pytest
from django.db import OperationalError

from tests.tus import CHUNK, CONTENT, LARGE, MIB, SHA256, Tus, checksum_of
from webapp.accounts.models import User
from webapp.lib.storage import content_paths
from webapp.videos.models import Upload, Video
from webapp.videos.uploads import upload_advance

pytestmark = pytest.mark.django_db(transaction=True)


# --- room -----------------------------------------------------------------------------------------


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
    write, left = os.write, num_bytes

    def limited(descriptor: int, data: Any) -> int:
        nonlocal left
        if left == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = write(descriptor, bytes(data)[:left])
        left -= written
        return written

    return limited


# --- how much at once -----------------------------------------------------------------------------


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


# --- a full disk, a dead one ----------------------------------------------------------------------


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
