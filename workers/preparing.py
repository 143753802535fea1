"""What the gpu stages of an ingest do to one video, apart from jobs: text, features, segments."""

import math
from dataclasses import dataclass

from inference.errors import FeaturesStale
from inference.evidence.fact import Fact
from inference.media.command import KEYFRAME_INTERVAL_S
from inference.media.frames import count_samples
from inference.progress import ProgressCallback, StopCheck, ignore_progress, never_stop, part_of
from inference.screen_text.covering import TextCover
from inference.screen_text.finder import find_screen_text
from inference.screen_text.found import ScreenText
from inference.screen_text.segments import text_segments
from inference.vision.extract import extract_features
from inference.vision.store import FeatureStore
from inference.vision.timeline import find_timeline
from webapp.lib.storage import ContentPaths, content_paths
from webapp.videos.models import Video
from webapp.videos.services import SegmentFields
from workers.runtime import frame_encoder, text_reader, timeline_heads


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeFeatures:
    """Who made the stored features, and whether of frames in which on-screen text was looked for and covered."""

    encoder_id: str
    is_text_covered: bool


def make_features(
    video: Video, on_progress: ProgressCallback = ignore_progress, should_stop: StopCheck = never_stop
) -> MadeFeatures:
    """Reads on-screen text, then encodes the samples with it covered; without samples the proxy is sampled.

    What is already there and made by the same models is kept. Writes files, no row.
    """
    paths = content_paths(video.hospital_id, video.sha256)
    source = paths.samples if paths.samples.is_file() else paths.proxy
    num_frames, num_keyframes = count_samples(source), math.ceil((video.duration_s or 0) / KEYFRAME_INTERVAL_S)
    text = _read_text(paths, part_of(on_progress, after=num_frames), should_stop, num_keyframes=num_keyframes)
    info = extract_features(
        source,
        paths.features,
        frame_encoder(),
        part_of(on_progress, before=num_keyframes if text else 0),
        should_stop,
        cover=TextCover(text) if text else None,
    )
    return MadeFeatures(encoder_id=info.encoder_id, is_text_covered=text is not None)


def found_segments(video: Video) -> list[SegmentFields]:
    """Raises FeaturesStale or MediaFailed where `make_features` has to be run first."""
    paths = content_paths(video.hospital_id, video.sha256)
    text = _known_text(paths)
    covering_id = text.covering_id if text else ""
    store = FeatureStore.open(paths.features, encoder_id=frame_encoder().encoder_id, covering_id=covering_id)
    segments = find_timeline(store, timeline_heads(), frame_encoder().simulator)
    if text is not None:
        segments += text_segments(text, duration_s=video.duration_s or store.duration_s)
    return [_fields(segment) for segment in segments]


def _read_text(
    paths: ContentPaths, on_progress: ProgressCallback, should_stop: StopCheck, *, num_keyframes: int
) -> ScreenText | None:
    """None where there is no reader, and nobody read it before."""
    try:
        return _known_text(paths)
    except FeaturesStale:
        reader = text_reader()
    if reader is None:
        paths.screen_text.unlink(missing_ok=True)
        return None
    # The samples are too small to read; where there is no proxy they have to do.
    source = paths.proxy if paths.proxy.is_file() else paths.samples
    text = find_screen_text(source, reader, on_progress, should_stop, num_keyframes=num_keyframes)
    text.save(paths.screen_text)
    return text


def _known_text(paths: ContentPaths) -> ScreenText | None:
    """What was read before. Raises FeaturesStale if it has to be read first, or anew."""
    reader = text_reader()
    if reader is None and not paths.screen_text.exists():
        return None
    return ScreenText.load(paths.screen_text, reader_id=reader.reader_id if reader else None)


def _fields(segment: Fact) -> SegmentFields:
    return SegmentFields(
        lane=segment.lane,
        label=segment.label,
        start_s=segment.start_s,
        end_s=segment.end_s,
        probability=segment.probability,
    )
