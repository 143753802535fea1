"""The media stages of an ingest job: look into the file, then make what the browser plays and the models read."""

import structlog
from celery import shared_task
from django.conf import settings

from inference.media.even_picture import note_of_even_picture
from inference.media.metadata import ProbeLimits
from inference.media.probe import probe
from inference.media.transcode import TranscodeOptions, TranscodeOutputs, transcode
from webapp.lib.storage import ContentPaths
from webapp.videos.models import Content
from webapp.videos.results import content_set_metadata
from workers.contents import content_stage, paths_of
from workers.stages import StageContext, run_stage

log = structlog.get_logger(__name__)


@shared_task(name="workers.media_tasks.prepare_video")
def prepare_video(job_id: str, stage: str) -> None:
    run_stage(job_id, stage, {"probe": probe_stage, "transcode": transcode_stage}[stage])


@content_stage
def probe_stage(context: StageContext, content: Content) -> str:
    """A bad file is refused here, before anything was spent on it."""
    found = probe(paths_of(content).original, _probe_limits())
    context.write(
        content_set_metadata,
        content,
        duration_s=found.duration_s,
        fps=found.fps,
        width_px=found.width_px,
        height_px=found.height_px,
        num_frames=found.num_frames,
        codec=found.codec,
    )
    return "transcode"


@content_stage
def transcode_stage(context: StageContext, content: Content) -> str:
    """The file is looked into again (its packets are read, not decoded), so that a retry needs nothing but the file."""
    paths = paths_of(content)
    found = probe(paths.original, _probe_limits())
    proxy = transcode(
        paths.original, _outputs(paths), found, _transcode_options(), context.on_progress, context.should_stop
    )
    if proxy.is_incomplete:
        log.warning("video_incomplete", packets_s=found.duration_s, decoded_s=proxy.duration_s)
    notes = (*proxy.notes, *note_of_even_picture(paths.sprite, paths.sprite_index))
    for note in notes:
        log.info("video_note", note=note)
    # Time is the proxy's from here on; size and codec stay what the recorder made.
    context.write(
        content_set_metadata,
        content,
        duration_s=proxy.duration_s,
        fps=proxy.fps,
        width_px=found.width_px,
        height_px=found.height_px,
        num_frames=proxy.num_frames,
        codec=found.codec,
        is_incomplete=proxy.is_incomplete,
        notes=notes,
    )
    return "features"


def _probe_limits() -> ProbeLimits:
    return ProbeLimits(max_duration_s=settings.VIDEO_MAX_DURATION_S, max_pixels=settings.VIDEO_MAX_PIXELS)


def _transcode_options() -> TranscodeOptions:
    return TranscodeOptions(
        max_height_px=settings.PROXY_HEIGHT_PX,
        max_duration_s=settings.VIDEO_MAX_DURATION_S,
        max_pixels=settings.VIDEO_MAX_PIXELS,
        keep_audio=settings.KEEP_AUDIO,
        ffmpeg=settings.FFMPEG,
    )


def _outputs(paths: ContentPaths) -> TranscodeOutputs:
    return TranscodeOutputs(
        proxy=paths.proxy,
        poster=paths.poster,
        sprite=paths.sprite,
        sprite_index=paths.sprite_index,
        pts=paths.pts,
        samples=paths.samples,
    )
