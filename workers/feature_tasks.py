"""The gpu stages of an ingest job: features of the pictures, then the timeline that is read from them."""

from celery import shared_task

from inference.errors import FeaturesStale, MediaFailed, Stopped
from inference.vision.extract import extract_features as extract
from inference.vision.store import FeatureStore
from inference.vision.timeline import Segment
from inference.vision.timeline import find_timeline as find
from webapp.lib.storage import content_paths
from webapp.videos.models import Video
from webapp.videos.selectors import video_for_job
from webapp.videos.services import SegmentFields, video_set_encoder, video_set_ready, video_set_timeline
from workers.runtime import frame_encoder, timeline_heads
from workers.stages import StageContext, run_stage


@shared_task(name="workers.feature_tasks.extract_features")
def extract_features(job_id: str, stage: str) -> None:
    run_stage(job_id, stage, features_stage)


@shared_task(name="workers.feature_tasks.find_timeline")
def find_timeline(job_id: str, stage: str) -> None:
    run_stage(job_id, stage, timeline_stage)


def features_stage(context: StageContext) -> str:
    """Reads the samples that the transcoder wrote; a video without them is sampled from its proxy."""
    video = _video(context)
    paths = content_paths(video.hospital_id, video.sha256)
    source = paths.samples if paths.samples.is_file() else paths.proxy
    info = extract(source, paths.features, frame_encoder(), context.on_progress, context.should_stop)
    video_set_encoder(video, encoder_id=info.encoder_id)
    return "timeline"


def timeline_stage(context: StageContext) -> str | None:
    """Features of another encoder, or none that can be read, send the job one stage back."""
    video = _video(context)
    paths = content_paths(video.hospital_id, video.sha256)
    try:
        store = FeatureStore.open(paths.features, encoder_id=frame_encoder().encoder_id)
        segments = [_fields(segment) for segment in find(store, timeline_heads())]
    except (FeaturesStale, MediaFailed):
        paths.features.unlink(missing_ok=True)
        return "features"
    video_set_timeline(video, segments)
    video_set_ready(video)
    return None


def _fields(segment: Segment) -> SegmentFields:
    return SegmentFields(
        lane=segment.lane,
        label=segment.label,
        start_s=segment.start_s,
        end_s=segment.end_s,
        probability=segment.probability,
    )


def _video(context: StageContext) -> Video:
    video = video_for_job(context.job.id)
    if video is None:
        raise Stopped("the video was deleted meanwhile")
    return video
