"""What the gpu stages of an ingest do to one content, apart from jobs: text, features, timeline. Writes files, no rows.

The one way from samples to a revision of the timeline, for a new video as for one whose models were replaced since.
"""

import math
from dataclasses import dataclass

from inference.errors import FeaturesStale, MediaFailed
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
from webapp.lib.storage import ContentPaths
from webapp.videos.models import Content, Timeline
from webapp.videos.timelines import FactFields
from workers.contents import paths_of
from workers.makers import made_by, vision_models
from workers.runtime import text_reader


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeFeatures:
    """Who made the stored features, and whether of frames in which on-screen text was looked for and covered."""

    encoder_id: str
    is_text_covered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What a timeline would say now, and which models say it."""

    made_by: dict[str, str]
    facts: list[FactFields]


def make_features(
    content: Content, on_progress: ProgressCallback = ignore_progress, should_stop: StopCheck = never_stop
) -> MadeFeatures:
    """Reads on-screen text, then encodes the samples with it covered; without samples the proxy is sampled.

    What is already there and made by the same models is kept. Raises ModelMismatch before anything is made.
    """
    encoder, _ = vision_models()
    paths = paths_of(content)
    source = paths.samples if paths.samples.is_file() else paths.proxy
    num_frames, num_keyframes = count_samples(source), math.ceil((content.duration_s or 0) / KEYFRAME_INTERVAL_S)
    text = _read_text(paths, part_of(on_progress, after=num_frames), should_stop, num_keyframes=num_keyframes)
    info = extract_features(
        source,
        paths.features,
        encoder,
        part_of(on_progress, before=num_keyframes if text else 0),
        should_stop,
        cover=TextCover(text) if text else None,
    )
    return MadeFeatures(encoder_id=info.encoder_id, is_text_covered=text is not None)


def read_timeline(content: Content) -> Revision:
    """Raises FeaturesStale or MediaFailed where `make_features` must come first, ModelMismatch where it is vain."""
    encoder, heads = vision_models()
    text = _known_text(paths_of(content))
    store = _store(content, text)
    segments = find_timeline(store, heads, encoder.simulator, eyes=encoder.eyes)
    if text is not None:
        segments += text_segments(text, duration_s=content.duration_s or store.duration_s)
    return Revision(made_by=made_by(text), facts=[_fields(segment) for segment in segments])


def is_up_to_date(content: Content, timeline: Timeline | None) -> bool:
    """Whether the models of this worker made both the features that are stored and this revision."""
    try:
        text = _known_text(paths_of(content))
        _store(content, text)
    except (FeaturesStale, MediaFailed):
        return False
    return timeline is not None and timeline.made_by == made_by(text)


def _store(content: Content, text: ScreenText | None) -> FeatureStore:
    encoder, _ = vision_models()
    return FeatureStore.open(
        paths_of(content).features,
        encoder_id=encoder.encoder_id,
        heads_id=encoder.heads_id,
        covering_id=text.covering_id if text else "",
    )


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


def _fields(segment: Fact) -> FactFields:
    return FactFields(
        lane=segment.lane,
        label=segment.label,
        start_s=segment.start_s,
        end_s=segment.end_s,
        probability=segment.probability,
    )
