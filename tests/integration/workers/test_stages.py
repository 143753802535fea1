"""One shape for every task: claimed once, counted, and always brought to an end."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from inference.errors import EngineFailed, MediaFailed, Stopped
from inference.media.rejections import rejected
from inference.progress import Progress
from tests.factories import JobFactory, VideoFactory
from webapp.jobs.models import Job
from webapp.jobs.services import MAX_ATTEMPTS, job_cancel
from webapp.videos.models import Video
from workers import claims
from workers.stages import StageContext, StageWork, run_stage

pytestmark = pytest.mark.django_db(transaction=True)


def queued_job(**fields: object) -> Job:
    return JobFactory(kind=Job.Kind.INGEST, stage=Job.Stage.PROBE, status=Job.Status.QUEUED, **fields)


def run(job: Job, work: StageWork) -> Job:
    run_stage(str(job.pk), "probe", work)
    job.refresh_from_db()
    return job


def raising(error: Exception) -> StageWork:
    def work(_context: StageContext) -> None:
        raise error

    return work


def test_the_next_stage_is_queued_and_handed_over(handed_over: list[tuple[str, str]]) -> None:
    job = run(queued_job(), lambda _context: "transcode")
    assert (job.status, job.stage, job.attempts) == (Job.Status.QUEUED, "transcode", 0)
    assert handed_over == [(str(job.pk), "transcode")]


def test_the_last_stage_succeeds() -> None:
    assert run(queued_job(), lambda _context: None).status == Job.Status.SUCCEEDED


def test_a_second_delivery_does_nothing() -> None:
    job, runs = queued_job(), []
    for _ in range(2):
        run(job, lambda context: runs.append(context.job.attempts) or "transcode")  # type: ignore[func-returns-value]
    assert runs == [1]


def test_progress_reaches_the_row_even_if_it_was_quick() -> None:
    def work(context: StageContext) -> None:
        for done in range(101):
            context.on_progress(Progress(done=done, total=100, unit="frames"))

    job = run(queued_job(), work)
    assert (job.done, job.total, job.unit) == (100, 100, "frames")


def test_a_cancel_is_heard_between_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "POLL_S", 0.0)

    def work(context: StageContext) -> None:
        assert not context.should_stop()
        job_cancel(Job.objects.get(pk=context.job.pk))
        if context.should_stop():
            raise Stopped()

    assert run(queued_job(), work).status == Job.Status.CANCELLED


def test_passing_trouble_is_tried_again_three_times_then_told(handed_over: list[tuple[str, str]]) -> None:
    job = queued_job()
    for attempt in range(1, MAX_ATTEMPTS):
        run(job, raising(MediaFailed("Converting failed.")))
        assert (job.status, job.attempts, len(handed_over)) == (Job.Status.QUEUED, attempt, attempt)
    run(job, raising(MediaFailed("Converting failed.")))
    assert (job.status, job.error_code, job.error_message) == (Job.Status.FAILED, "media_failed", "Converting failed.")
    assert job.can_retry


def test_an_answer_is_not_started_over_by_itself() -> None:
    job = JobFactory(kind=Job.Kind.ANSWER, stage=Job.Stage.ANSWER, status=Job.Status.QUEUED)
    run_stage(str(job.pk), "answer", raising(EngineFailed()))
    job.refresh_from_db()
    assert (job.status, job.error_permanent) == (Job.Status.FAILED, False)


def test_a_video_that_can_never_be_used_is_rejected() -> None:
    video = VideoFactory(status=Video.Status.PROCESSING, job=queued_job())
    job = run(video.job, raising(rejected("no_moov")))
    video.refresh_from_db()
    assert (job.status, job.error_permanent, job.can_retry) == (Job.Status.FAILED, True, False)
    assert (video.status, video.reason_code) == (Video.Status.REJECTED, "no_moov")
    assert "cut off" in video.reason


def test_a_bug_is_told_without_its_trace() -> None:
    job = run(queued_job(), raising(KeyError("patient name")))
    assert job.error_code == "internal_error"
    assert "patient name" not in job.error_message


def test_a_worker_that_was_given_up_writes_nothing_more() -> None:
    def work(context: StageContext) -> str:
        # The watchdog gave the job back and another worker has it now.
        Job.objects.filter(pk=context.job.pk).update(worker="another", done=7)
        context.on_progress(Progress(done=50, total=100, unit="frames"))
        assert context.should_stop()
        return "transcode"

    job = run(queued_job(), work)
    assert (job.status, job.stage, job.worker, job.done) == (Job.Status.RUNNING, "probe", "another", 7)


def test_the_heart_beats_while_one_step_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "HEARTBEAT_S", 0.05)
    long_ago = timezone.now() - timedelta(hours=1)

    def work(context: StageContext) -> None:
        mine = Job.objects.filter(pk=context.job.pk)
        mine.update(heartbeat_at=long_ago)
        for _ in range(200):
            if mine.get().heartbeat_at != long_ago:
                return
            time.sleep(0.05)
        pytest.fail("no heartbeat came")

    assert run(queued_job(), work).status == Job.Status.SUCCEEDED
