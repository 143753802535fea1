"""The gpu stages of an ingest job: features of the pictures, then the timeline that is read from them."""

from celery import shared_task

from inference.errors import FeaturesStale, MediaFailed
from webapp.videos.models import Content
from webapp.videos.results import content_set_encoder
from webapp.videos.timelines import timeline_add
from workers.contents import content_stage, paths_of
from workers.preparing import make_features, read_timeline
from workers.stages import SentBack, StageContext, run_stage


@shared_task(name="workers.feature_tasks.extract_features")
def extract_features(job_id: str, stage: str) -> None:
    run_stage(job_id, stage, features_stage)


@shared_task(name="workers.feature_tasks.find_timeline")
def find_timeline(job_id: str, stage: str) -> None:
    run_stage(job_id, stage, timeline_stage)


@content_stage
def features_stage(context: StageContext, content: Content) -> str:
    """On-screen text is read first, so that it is covered in what the encoder sees."""
    made = make_features(content, context.on_progress, context.should_stop)
    context.write(content_set_encoder, content, encoder_id=made.encoder_id, is_text_covered=made.is_text_covered)
    return "timeline"


@content_stage
def timeline_stage(context: StageContext, content: Content) -> None:
    """Features of another encoder, heads or covering, or none that can be read, send the job one stage back."""
    try:
        revision = read_timeline(content)
    except (FeaturesStale, MediaFailed) as error:
        paths_of(content).features.unlink(missing_ok=True)
        raise SentBack("features") from error
    # The video is ready once its job has succeeded: it follows it (webapp/videos/receivers.py).
    context.write(timeline_add, content, made_by=revision.made_by, facts=revision.facts)
