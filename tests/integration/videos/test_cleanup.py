"""Left-over bytes go; bytes that somebody still wants stay."""

import os
import time
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from tests.arrivals import arrived, video_of
from tests.factories import ContentFactory
from webapp.accounts.models import User
from webapp.lib.storage import content_paths, upload_part_path
from webapp.videos.cleanup import LEFT_OVER_AFTER_S, storage_tidy
from webapp.videos.models import Content, Upload, Video
from webapp.videos.parts import PartFile

pytestmark = pytest.mark.django_db


def make_old(*paths: Path) -> None:
    for path in paths:
        then_s = time.time() - LEFT_OVER_AFTER_S - 60
        os.utime(path, (then_s, then_s))


def test_an_upload_nobody_went_on_with_goes_with_its_bytes(alice: User) -> None:
    upload = arrived(alice)
    assert storage_tidy(now=timezone.now()) == 0
    assert storage_tidy(now=upload.expires_at + timedelta(seconds=1)) == 1
    assert not upload_part_path(upload.pk).exists()
    assert not Upload.objects.exists()


def test_an_upload_that_is_being_written_stays(alice: User) -> None:
    upload = arrived(alice)
    with PartFile(upload_part_path(upload.pk)):
        assert storage_tidy(now=upload.expires_at + timedelta(days=1)) == 0
    assert Upload.objects.exists()


def test_a_finished_upload_is_forgotten_but_its_video_stays(alice: User) -> None:
    video = video_of(alice)
    assert storage_tidy(now=timezone.now() + timedelta(days=30)) == 1
    assert Video.objects.get() == video
    assert content_paths(video.hospital_id, video.content.sha256).original.exists()


def test_old_files_without_a_row_go(alice: User) -> None:
    paths = content_paths(alice.memberships.get().hospital_id, "a" * 64)
    paths.root.mkdir(parents=True)
    paths.proxy.touch()
    part = upload_part_path(uuid.uuid4())
    part.parent.mkdir(parents=True)
    part.touch()
    make_old(part, paths.root)
    assert storage_tidy(now=timezone.now()) == 1
    make_old(paths.proxy)
    assert storage_tidy(now=timezone.now()) == 1
    assert not paths.root.exists()


def test_old_files_of_a_video_stay(alice: User) -> None:
    video = video_of(alice)
    paths = content_paths(video.hospital_id, video.content.sha256)
    make_old(paths.original, paths.root)
    assert storage_tidy(now=timezone.now()) == 0
    assert paths.original.exists()


def test_a_content_whose_last_video_went_as_the_server_died_goes_too(alice: User) -> None:
    kept = video_of(alice).content
    ContentFactory(hospital=kept.hospital)
    assert storage_tidy(now=timezone.now()) == 1
    assert Content.objects.get() == kept
