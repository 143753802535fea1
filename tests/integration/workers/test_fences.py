"""A worker whose job went to another meanwhile: whichever stage it is in, no row changes by its hand."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from inference.errors import Stopped
from tests.clips import write_counting_clip
from tests.factories import JobFactory, VideoFactory
from tests.fakes import FakeAnswerer
from tests.fakes_answering import answering_with
from tests.integration.conversations.cast import ask, make_cast
from webapp.conversations.models import Answer
from webapp.jobs.models import Job
from webapp.lib.storage import ContentPaths, content_paths
from webapp.videos.models import Content, Timeline, Video
from workers import answer_tasks, feature_tasks, media_tasks, runtime
from workers.stages import StageContext

pytestmark = pytest.mark.django_db(transaction=True)


def given_up(job: Job) -> StageContext:
    """The context of a worker that was thought dead; the row is another's."""
    Job.objects.filter(pk=job.pk).update(status=Job.Status.RUNNING, worker="another")
    job.refresh_from_db()
    job.worker = "gone"
    return StageContext(job=job, on_progress=lambda _progress: None, should_stop=lambda: False)


def waiting_video(stage: str) -> tuple[Video, ContentPaths]:
    job = JobFactory(kind="ingest", stage=stage)
    video = VideoFactory(job=job, owner=job.owner, hospital=job.hospital, status=Video.Status.PROCESSING)
    paths = content_paths(video.hospital_id, video.content.sha256)
    paths.root.mkdir(parents=True)
    return video, paths


def rows() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (Video, Content, Timeline, Answer)]


@pytest.mark.parametrize(
    ("stage", "work"),
    [
        ("probe", media_tasks.probe_stage),
        ("transcode", media_tasks.transcode_stage),
        ("features", feature_tasks.features_stage),
    ],
)
def test_a_stage_of_a_video_writes_no_row(stage: str, work: Callable[[StageContext], object]) -> None:
    video, paths = waiting_video(stage)
    write_counting_clip(paths.original, seconds=1)
    write_counting_clip(paths.samples, seconds=1)
    assert video.job is not None
    before = rows()
    with pytest.raises(Stopped):
        work(given_up(video.job))
    assert rows() == before


def test_a_timeline_is_not_added(monkeypatch: pytest.MonkeyPatch) -> None:
    video, _paths = waiting_video("timeline")
    monkeypatch.setattr(feature_tasks, "read_timeline", lambda _content: SimpleNamespace(made_by={}, facts=[]))
    assert video.job is not None
    before = rows()
    with pytest.raises(Stopped):
        feature_tasks.timeline_stage(given_up(video.job))
    assert rows() == before


def test_an_answer_is_neither_begun_nor_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast()
    answer = ask(cast)
    fake = FakeAnswerer()
    monkeypatch.setattr(runtime, "answering", lambda: answering_with(fake))
    assert answer.job is not None
    before = rows()
    with pytest.raises(Stopped):
        answer_tasks.write_answer(given_up(answer.job))
    assert rows() == before
    assert not fake.requests


def test_an_answer_that_was_given_up_while_it_was_written_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast()
    features = content_paths(cast.video.hospital_id, cast.video.content.sha256).features
    features.parent.mkdir(parents=True, exist_ok=True)
    features.write_bytes(b"kept")
    answer = ask(cast)

    def give_up_at_third(index: int) -> None:
        if index == 3:
            Job.objects.filter(pk=answer.job_id).update(worker="another")

    monkeypatch.setattr(runtime, "answering", lambda: answering_with(FakeAnswerer(before_word=give_up_at_third)))
    answer_tasks.answer_question(str(answer.job_id), "answer")
    answer.refresh_from_db()
    job = Job.objects.get(pk=answer.job_id)
    assert (answer.status, answer.claims.count()) == ("running", 0)
    assert (job.status, job.worker) == (Job.Status.RUNNING, "another")
