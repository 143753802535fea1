"""What every stage of an ingest begins with: the content of the job's video, and where its files lie."""

from collections.abc import Callable
from functools import wraps

from inference.errors import Stopped
from webapp.lib.storage import ContentPaths, content_paths
from webapp.videos.models import Content
from webapp.videos.selectors import video_for_job
from workers.stages import StageContext, StageWork

ContentWork = Callable[[StageContext, Content], str | None]


def paths_of(content: Content) -> ContentPaths:
    return content_paths(content.hospital_id, content.sha256)


def content_stage(work: ContentWork) -> StageWork:
    """A content that a colleague's job has prepared meanwhile is left alone: the job is done, its video ready."""

    @wraps(work)
    def stage(context: StageContext) -> str | None:
        video = video_for_job(context.job.id)
        if video is None:
            raise Stopped("the video was deleted meanwhile")
        if video.content.prepared_at is not None:
            return None
        return work(context, video.content)

    return stage
