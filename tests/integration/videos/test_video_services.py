"""A video's life: from an upload, through its job, to removal."""

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from tests.arrivals import arrived, video_of
from tests.factories import DepartmentFactory, JobFactory
from webapp.accounts.actors import command_actor, page_actor
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.jobs.models import Job
from webapp.jobs.services import job_advance, job_cancel, job_claim, job_fail, job_retry, job_succeed
from webapp.lib.errors import InvalidInput
from webapp.lib.storage import content_paths, upload_part_path
from webapp.videos.models import Content, Upload, Video
from webapp.videos.results import content_set_encoder, content_set_metadata
from webapp.videos.selectors import facts_for_video, timeline_lanes
from webapp.videos.services import (
    video_create_from_path,
    video_create_from_upload,
    video_delete,
    video_rename,
    video_set_rejected,
)
from webapp.videos.timelines import timeline_add

pytestmark = pytest.mark.django_db

FACTS: dict[str, Any] = {
    "duration_s": 12.5,
    "fps": 25.0,
    "width_px": 1280,
    "height_px": 720,
    "num_frames": 312,
    "codec": "h264",
}
SEGMENTS: Any = [
    {"lane": "instrument", "label": "grasper", "start_s": 0.0, "end_s": 4.0, "probability": 0.9},
    {"lane": "phase", "label": "clipping-and-cutting", "start_s": 0.0, "end_s": 12.0, "probability": 0.7},
]


def claimed(video: Video) -> Job:
    assert video.job is not None
    job = job_claim(video.job.pk, stage=video.job.stage, worker="w")
    assert job is not None
    return job


def now(video: Video) -> Video:
    return Video.objects.select_related("job").get(pk=video.pk)


def test_an_upload_becomes_a_video_with_a_job(
    alice: User, sent: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        video = video_of(alice, filename="case_17.final.MP4")
    assert (video.title, video.original_filename, video.status) == ("case_17.final", "case_17.final.MP4", "processing")
    assert video.job is not None
    assert (video.job.stage, video.job.url) == ("probe", f"/videos/{video.pk}/")
    assert sent == [str(video.job_id)]
    assert content_paths(video.hospital_id, video.content.sha256).original.read_bytes() == b"a video"


def test_a_video_belongs_to_its_owners_department(alice: User) -> None:
    membership = alice.memberships.get()
    membership.department = DepartmentFactory(hospital=membership.hospital)
    membership.save()
    assert video_of(alice).department == membership.department


def test_an_upload_becomes_a_video_only_once(alice: User) -> None:
    upload = arrived(alice)
    first = video_create_from_upload(upload, actor=page_actor(upload.owner))
    assert video_create_from_upload(Upload.objects.get(pk=upload.pk), actor=page_actor(upload.owner)) == first
    assert not upload_part_path(upload.pk).exists()


def test_a_crash_before_the_row_was_written_loses_nothing(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = arrived(alice)

    def crash(*_args: Any, **_rest: Any) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patched:
        patched.setattr("webapp.videos.services.video_for_arrival", crash)
        with pytest.raises(RuntimeError):
            video_create_from_upload(upload, actor=page_actor(upload.owner))
    assert upload_part_path(upload.pk).exists()
    assert video_create_from_upload(upload, actor=page_actor(upload.owner)).content.size_bytes == len(b"a video")


def test_storage_without_hard_links_gets_a_copy(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_args: Any) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("webapp.lib.storage.os.link", no_links)
    video = video_of(alice)
    assert content_paths(video.hospital_id, video.content.sha256).original.read_bytes() == b"a video"


def test_an_upload_is_in_the_audit_log(alice: User) -> None:
    video = video_of(alice)
    event = AuditEvent.objects.get(action="video.upload")
    assert (event.object_id, event.actor_email) == (str(video.pk), alice.email)
    assert event.detail == {"size_bytes": video.content.size_bytes, "sha256": video.content.sha256}


def test_a_file_on_this_machine_becomes_a_video_and_stays(alice: User, tmp_path: Path, sent: list[str]) -> None:
    source = tmp_path / "Übung 3.mp4"
    source.write_bytes(b"on disk")
    hospital = alice.memberships.get().hospital
    video = video_create_from_path(path=source, owner=alice, hospital=hospital, actor=command_actor(), enqueue=False)
    assert (video.title, video.job.status if video.job else "", sent) == ("Übung 3", "queued", [])
    assert source.read_bytes() == b"on disk"


def test_a_file_that_is_not_there_is_said(alice: User, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        video_create_from_path(
            path=tmp_path / "no", owner=alice, hospital=alice.memberships.get().hospital, actor=command_actor()
        )


# --- following the job ------------------------------------------------------------------------------------


def test_a_video_is_ready_when_its_job_succeeds(alice: User) -> None:
    video = video_of(alice)
    job_succeed(claimed(video).pk)
    assert (now(video).status, now(video).ready_at is not None) == ("ready", True)


def test_a_video_fails_with_its_job_and_goes_on_with_a_retry(alice: User) -> None:
    video = video_of(alice)
    job = claimed(video)
    job_fail(job.pk, code="disk", message="The disk failed.", permanent=False)
    assert (now(video).status, now(video).reason) == ("failed", "The disk failed.")
    job.refresh_from_db()
    job_retry(job, actor=None)
    assert (now(video).status, now(video).reason) == ("processing", "")


def test_a_cancelled_video_says_so(alice: User) -> None:
    video = video_of(alice)
    assert video.job is not None
    job_cancel(video.job, actor=None)
    assert now(video).status == "cancelled"


@pytest.mark.parametrize("job_fails_first", [True, False])
def test_a_rejected_video_stays_rejected(alice: User, job_fails_first: bool) -> None:
    video = video_of(alice)
    job = claimed(video)
    if job_fails_first:
        job_fail(job.pk, code="no_video", message="No video in it.", permanent=True)
    video_set_rejected(video, code="no_video", reason="There is no video in this file.")
    job_fail(job.pk, code="no_video", message="No video in it.", permanent=True)
    assert (now(video).status, now(video).reason) == ("rejected", "There is no video in this file.")


def test_lanes_come_in_their_order(alice: User) -> None:
    video = video_of(alice)
    timeline_add(video.content, made_by={}, facts=SEGMENTS)
    assert [(lane["lane"], lane["title"]) for lane in timeline_lanes(video)] == [
        ("phase", "Phase"),
        ("instrument", "Instruments"),
    ]


def test_a_models_labels_are_shown_as_words_and_what_was_read_as_it_was_read(alice: User) -> None:
    video = video_of(alice)
    times = {"start_s": 0.0, "end_s": 1.0, "probability": 0.9}
    labels = {"phase": "gallbladder-dissection", "text": "ID 12-34_A"}
    facts: Any = [{"lane": lane, "label": label, **times} for lane, label in labels.items()]
    timeline_add(video.content, made_by={}, facts=facts)
    shown = [lane["segments"][0]["label"] for lane in timeline_lanes(video)]
    assert shown == ["gallbladder dissection", "ID 12-34_A"]


# --- the same content ----------------------------------------------------------------------------------------


def test_the_same_file_again_is_the_same_video(alice: User) -> None:
    assert video_of(alice) == video_of(alice, filename="copy.mp4")
    assert Upload.objects.filter(status="finished").count() == 2


def test_uploading_a_failed_video_again_tries_again(alice: User) -> None:
    video = video_of(alice)
    job_fail(claimed(video).pk, code="disk", message="The disk failed.", permanent=False)
    assert video_of(alice).status == "processing"
    assert Job.objects.get().status == "queued"


def test_a_colleagues_ready_content_is_ready_at_once(alice: User, bob: User) -> None:
    video = video_of(alice)
    content_set_metadata(video.content, **FACTS)
    content_set_encoder(video.content, encoder_id="e0")
    timeline_add(video.content, made_by={}, facts=SEGMENTS)
    job_succeed(claimed(video).pk)
    other = video_of(bob, filename="mine.mp4")
    assert (other.status, other.job, other.title) == ("ready", None, "mine")
    assert other.content == video.content
    assert (other.content.duration_s, facts_for_video(other).count()) == (12.5, 2)


def test_what_was_found_outlives_the_video_of_the_one_who_brought_it(alice: User, bob: User) -> None:
    video = video_of(alice)
    other = video_of(bob)
    timeline_add(video.content, made_by={}, facts=SEGMENTS)
    job_succeed(claimed(video).pk)
    video_delete(now(video), actor=page_actor(alice))
    assert now(other).status == "ready"
    again = video_of(alice)
    assert (again.status, again.job, facts_for_video(again).count()) == ("ready", None, 2)


def test_an_own_failed_video_is_ready_once_a_colleague_got_the_same_content_through(alice: User, bob: User) -> None:
    video = video_of(alice)
    job_fail(claimed(video).pk, code="disk", message="The disk failed.", permanent=False)
    other = video_of(bob)
    job_succeed(claimed(other).pk)
    assert (now(video).status, video_of(alice).status) == ("failed", "ready")


def test_a_colleagues_content_in_work_is_waited_for(alice: User, bob: User) -> None:
    video, waiting = video_of(alice), video_of(bob)
    assert (waiting.status, waiting.job) == ("processing", None)
    job_succeed(claimed(video).pk)
    assert now(waiting).status == "ready"


def test_a_colleagues_rejection_holds_for_those_who_waited(alice: User, bob: User) -> None:
    video, waiting = video_of(alice), video_of(bob)
    video_set_rejected(video, code="no_video", reason="There is no video in this file.")
    assert (now(waiting).status, now(waiting).reason_code) == ("rejected", "no_video")


@pytest.mark.parametrize("end", ["failed", "cancelled", "deleted"])
def test_who_waited_goes_on_alone_when_the_other_ends(alice: User, bob: User, end: str) -> None:
    video, waiting = video_of(alice), video_of(bob)
    assert video.job is not None
    if end == "failed":
        job_fail(claimed(video).pk, code="disk", message="The disk failed.", permanent=False)
    elif end == "cancelled":
        job_cancel(video.job, actor=None)
    else:
        claimed(video)
        video_delete(now(video), actor=page_actor(alice))
    assert (now(waiting).status, now(waiting).job is not None) == ("processing", True)


def test_another_hospital_shares_nothing(alice: User, charlie: User) -> None:
    video, other = video_of(alice), video_of(charlie)
    assert video.content != other.content
    job_succeed(claimed(video).pk)
    assert now(other).status == "processing"
    assert (
        content_paths(video.hospital_id, video.content.sha256).root
        != content_paths(other.hospital_id, other.content.sha256).root
    )


# --- rename, remove --------------------------------------------------------------------------------------------


def test_a_renamed_video_renames_its_job(alice: User) -> None:
    video = video_of(alice)
    video_rename(video, title="  Case\n17\x00 ", actor=page_actor(alice))
    assert (now(video).title, Job.objects.get().title) == ("Case 17", "Case 17")


@pytest.mark.parametrize("title", ["", " \n ", "\u200b"])
def test_a_title_of_nothing_is_refused(alice: User, title: str) -> None:
    with pytest.raises(InvalidInput):
        video_rename(video_of(alice), title=title, actor=page_actor(alice))


def test_a_removed_video_leaves_no_file_and_no_job(alice: User, django_capture_on_commit_callbacks: Any) -> None:
    video = video_of(alice)
    root = content_paths(video.hospital_id, video.content.sha256).root
    with django_capture_on_commit_callbacks(execute=True):
        video_delete(video, actor=page_actor(alice))
    assert not root.exists()
    assert not Video.objects.exists()
    assert not Content.objects.exists()
    assert not Job.objects.exists()
    assert AuditEvent.objects.get(action="video.delete").detail == {"sha256": video.content.sha256}
    assert not Upload.objects.exists()


def test_a_removed_video_takes_the_jobs_of_its_questions_along(alice: User) -> None:
    video = video_of(alice)
    page = reverse("video", args=[video.pk])
    JobFactory(owner=alice, kind="answer", stage="answer", title=video.title, url=page)
    kept = JobFactory(owner=alice)
    video_delete(now(video), actor=page_actor(alice))
    assert list(Job.objects.all()) == [kept]


def test_files_stay_while_a_colleague_has_the_same_content(
    alice: User, bob: User, django_capture_on_commit_callbacks: Any
) -> None:
    video, other = video_of(alice), video_of(bob)
    root = content_paths(video.hospital_id, video.content.sha256).root
    with django_capture_on_commit_callbacks(execute=True):
        video_delete(video, actor=page_actor(alice))
    assert root.exists()
    with django_capture_on_commit_callbacks(execute=True):
        video_delete(now(other), actor=page_actor(bob))
    assert not root.exists()


def test_work_on_a_removed_video_ends_quietly(alice: User) -> None:
    video = video_of(alice)
    job = claimed(video)
    video_delete(now(video), actor=page_actor(alice))
    assert not job_advance(job.pk, stage="features")
    assert not job_succeed(job.pk)
