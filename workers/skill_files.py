"""A video file as a scorer reads it, by the way that an upload takes, without a row of it: for the command line."""

import tempfile
from pathlib import Path

from django.conf import settings

from inference.avbanet.reference import SkillSequence
from inference.avbanet.seen import video_facts
from inference.avbanet.sequence import video_sequence
from inference.media.metadata import ProbeLimits
from inference.media.probe import probe
from inference.media.transcode import TranscodeOptions, TranscodeOutputs, transcode
from inference.models.manifest import file_sha256
from inference.vision.extract import extract_features
from inference.vision.store import FeatureStore
from workers.runtime import frame_encoder


def sequence_of_file(path: Path) -> SkillSequence:
    """Raises MediaRejected for what is no video that can be used, MediaFailed where it cannot be read."""
    with tempfile.TemporaryDirectory(dir=settings.VAR_DIR, prefix=".skill-") as made:
        outputs = _outputs(Path(made))
        limits = ProbeLimits(max_duration_s=settings.VIDEO_MAX_DURATION_S, max_pixels=settings.VIDEO_MAX_PIXELS)
        transcode(path, outputs, probe(path, limits), _options())
        features = Path(made) / "features.safetensors"
        encoder = frame_encoder()
        extract_features(outputs.samples, features, encoder)
        store = FeatureStore.open(features)
        return video_sequence(outputs.proxy, store, video_facts(store, encoder.eyes, content=file_sha256(path)))


def _outputs(folder: Path) -> TranscodeOutputs:
    return TranscodeOutputs(
        proxy=folder / "proxy.mp4",
        poster=folder / "poster.jpg",
        sprite=folder / "sprite.jpg",
        sprite_index=folder / "sprite.json",
        pts=folder / "pts.safetensors",
        samples=folder / "samples.mp4",
    )


def _options() -> TranscodeOptions:
    return TranscodeOptions(
        max_height_px=settings.PROXY_HEIGHT_PX,
        max_duration_s=settings.VIDEO_MAX_DURATION_S,
        max_pixels=settings.VIDEO_MAX_PIXELS,
        ffmpeg=settings.FFMPEG,
    )
