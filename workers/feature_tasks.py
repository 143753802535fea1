"""The gpu stages of an ingest job: features of the pictures, then the timeline that is read from them."""

from celery import shared_task

from inference.errors import FeaturesStale, MediaFailed, Stopped
from webapp.lib.storage import content_paths
from webapp.videos.models import Video
from webapp.videos.selectors import video_for_job
from webapp.videos.services import video_set_encoder, video_set_timeline
from workers.preparing import found_segments, make_features
from workers.stages import SentBack, StageContext, run_stage


@shared_task(name="workers.feature_tasks.extract_features")
def extract_features(job_id: str, stage: str) -> None:
    run_stage(job_id, stage, features_stage)


@shared_task(name="workers.feature_tasks.find_timeline")
def find_timeline(job_id: str, stage: str) -> None:
    run_stage(job_id, stage, timeline_stage)


def features_stage(context: StageContext) -> str:
    """On-screen text is read first, so that it is covered in what the encoder sees."""
    video = _video(context)
    made = make_features(video, context.on_progress, context.should_stop)
    context.write(video_set_encoder, video, encoder_id=made.encoder_id, is_text_covered=made.is_text_covered)
    return "timeline"


def timeline_stage(context: StageContext) -> None:
    """Features of another encoder or covering, or none that can be read, send the job one stage back."""
    video = _video(context)
    try:
        segments = found_segments(video)
    except (FeaturesStale, MediaFailed) as error:
        content_paths(video.hospital_id, video.sha256).features.unlink(missing_ok=True)
        raise SentBack("features") from error
    # The video is ready once its job has succeeded: it follows it (webapp/videos/receivers.py).
    context.write(video_set_timeline, video, segments)


def _video(context: StageContext) -> Video:
    video = video_for_job(context.job.id)
    if video is None:
        raise Stopped("the video was deleted meanwhile")
    return video
