"""Two people, one content: the second job finds what the first one made."""

import pytest

from tests.factories import JobFactory, MembershipFactory, VideoFactory
from webapp.jobs.models import Job
from webapp.videos.models import Video
from workers.feature_tasks import extract_features, find_timeline
from workers.media_tasks import prepare_video

pytestmark = pytest.mark.django_db
TASKS = {
    "probe": prepare_video,
    "transcode": prepare_video,
    "features": extract_features,
    "timeline": find_timeline,
}


@pytest.mark.parametrize("stage", list(TASKS))
def test_a_job_for_what_a_colleague_got_prepared_is_done_and_changes_nothing_of_it(stage: str) -> None:
    prepared = VideoFactory()
    colleague = MembershipFactory(hospital=prepared.hospital).user
    job = JobFactory(kind="ingest", stage=stage, status=Job.Status.QUEUED, owner=colleague)
    video = VideoFactory(content=prepared.content, owner=colleague, job=job, status=Video.Status.PROCESSING)
    TASKS[stage](str(job.pk), stage)
    before = prepared.content
    video.refresh_from_db()
    job.refresh_from_db()
    assert (job.status, video.status) == (Job.Status.SUCCEEDED, Video.Status.READY)
    assert video.content.duration_s == before.duration_s
    assert not video.content.timelines.exists()
