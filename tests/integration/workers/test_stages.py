"""One shape for every task: claimed once, counted, and always brought to an end."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from inference.errors import EngineFailed, FeaturesStale, MediaFailed, Stopped
from inference.media.rejections import rejected
from inference.progress import Progress
from tests.factories import JobFactory, MembershipFactory, VideoFactory
from webapp.jobs.models import Job
from webapp.jobs.services import job_cancel, job_retry
from webapp.videos.jobs import INGEST
from webapp.videos.models import Video
from webapp.videos.results import content_set_encoder
from workers import claims
from workers.stages import SentBack, StageContext, StageWork, run_stage

pytestmark = pytest.mark.django_db(transaction=True)


def queued_job(**fields: object) -> Job:
    return JobFactory(kind="ingest", stage="probe", status=Job.Status.QUEUED, **fields)


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
        job_cancel(Job.objects.get(pk=context.job.pk), actor=None)
        if context.should_stop():
            raise Stopped()

    assert run(queued_job(), work).status == Job.Status.CANCELLED


def test_passing_trouble_is_tried_again_three_times_then_told(handed_over: list[tuple[str, str]]) -> None:
    job = queued_job()
    for attempt in range(1, INGEST.retries + 1):
        run(job, raising(MediaFailed("Converting failed.")))
        assert (job.status, job.attempts, len(handed_over)) == (Job.Status.QUEUED, attempt, attempt)
    run(job, raising(MediaFailed("Converting failed.")))
    assert (job.status, job.error_code, job.error_message) == (Job.Status.FAILED, "media_failed", "Converting failed.")
    assert job.can_retry


def test_an_answer_is_not_started_over_by_itself() -> None:
    job = JobFactory(kind="answer", stage="answer", status=Job.Status.QUEUED)
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


def test_what_a_worker_writes_after_it_was_given_up_is_not_kept() -> None:
    video = VideoFactory(status=Video.Status.PROCESSING, job=queued_job(), content__encoder_id="before")

    def work(context: StageContext) -> str:
        Job.objects.filter(pk=context.job.pk).update(worker="another")
        context.write(content_set_encoder, video.content, encoder_id="late")
        return "transcode"

    job = run(video.job, work)
    assert Video.objects.get(pk=video.pk).content.encoder_id == "before"
    assert (job.status, job.worker) == (Job.Status.RUNNING, "another")


def test_a_worker_that_was_given_up_rejects_no_video() -> None:
    video = VideoFactory(status=Video.Status.PROCESSING, job=queued_job())

    def work(context: StageContext) -> None:
        Job.objects.filter(pk=context.job.pk).update(worker="another")
        raise rejected("no_moov")

    run(video.job, work)
    assert Video.objects.get(pk=video.pk).status == Video.Status.PROCESSING


def test_a_rejected_file_does_not_start_a_colleagues_waiting_copy_again(handed_over: list[tuple[str, str]]) -> None:
    video = VideoFactory(status=Video.Status.PROCESSING, job=queued_job())
    colleague = MembershipFactory(hospital=video.hospital).user
    waiting = VideoFactory(status=Video.Status.PROCESSING, owner=colleague, job=None, content=video.content)
    run(video.job, raising(rejected("no_moov")))
    waiting.refresh_from_db()
    assert (waiting.status, waiting.reason_code, waiting.job) == (Video.Status.REJECTED, "no_moov", None)
    assert handed_over == []


def test_work_that_is_sent_back_a_second_time_ends_with_a_reason(handed_over: list[tuple[str, str]]) -> None:
    def send_back(_context: StageContext) -> None:
        raise SentBack("features") from FeaturesStale("made by another encoder")

    job = JobFactory(stage="timeline")
    for _ in range(2):
        run_stage(str(job.pk), "timeline", send_back)
        run_stage(str(job.pk), "features", lambda _context: "timeline")
    job.refresh_from_db()
    assert (job.status, job.error_code, job.can_retry) == (Job.Status.FAILED, "sent_back_in_vain", True)
    assert [stage for _, stage in handed_over] == ["features", "timeline"]
    assert job_retry(job, actor=None).times_sent_back == 0


def test_a_stage_cannot_advance_to_one_before_it() -> None:
    job = JobFactory(stage="timeline")
    run_stage(str(job.pk), "timeline", lambda _context: "features")
    job.refresh_from_db()
    assert (job.status, job.error_code) == (Job.Status.FAILED, "internal_error")
