"""One pass over a video's samples: everything later stages need of the pictures, in one feature store."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Protocol

import numpy as np

from inference.errors import FeaturesStale, MediaFailed, Stopped
from inference.media.frames import SAMPLE_INTERVAL_S, Frame, count_samples, read_samples
from inference.progress import Progress, ProgressCallback, StopCheck, ignore_progress, never_stop
from inference.vision.encoder import FrameEncoder
from inference.vision.preprocess import frames_to_pixels
from inference.vision.store import FeatureInfo, FeatureStore
from inference.vision.writer import FeatureWriter

FRAMES_PER_BATCH = 16


class FrameCover(Protocol):
    """Takes out of a frame what no model may see. `covering_id` names what: features of another covering are stale."""

    covering_id: str

    def __call__(self, timestamp_s: float, frame: Frame) -> Frame: ...


def extract_features(
    samples_path: Path,
    destination: Path,
    encoder: FrameEncoder,
    on_progress: ProgressCallback = ignore_progress,
    should_stop: StopCheck = never_stop,
    *,
    cover: FrameCover | None = None,
) -> FeatureInfo:
    """Encodes the samples at 1 Hz into `destination`. A store that this encoder, its heads and cover made is kept.

    Progress counts frames. Raises Stopped between batches, MediaFailed if the samples can not be read.
    """
    covering_id = cover.covering_id if cover else ""
    kept = _kept(destination, encoder, covering_id)
    if kept is not None:
        return kept
    expected = count_samples(samples_path)
    with FeatureWriter(
        destination,
        encoder_id=encoder.encoder_id,
        expected_frames=expected,
        interval_s=SAMPLE_INTERVAL_S,
        output_names=encoder.output_names,
        covering_id=covering_id,
        heads_id=encoder.heads_id,
    ) as writer:
        done = 0
        for batch in _batches(samples_path, cover):
            if should_stop():
                raise Stopped("feature extraction was stopped")
            seen = encoder.read(frames_to_pixels(np.stack(batch)))
            writer.append(seen.patches, seen.rows)
            done += len(batch)
            on_progress(Progress(done=done, total=max(expected, done), unit="frames"))
        if not done:
            raise MediaFailed(f"{samples_path.name} holds no picture")
        return writer.finish()


def _kept(destination: Path, encoder: FrameEncoder, covering_id: str) -> FeatureInfo | None:
    if not destination.exists():
        return None
    try:
        store = FeatureStore.open(
            destination, encoder_id=encoder.encoder_id, covering_id=covering_id, heads_id=encoder.heads_id
        )
    except (FeaturesStale, MediaFailed):
        return None
    return store.info


def _batches(samples_path: Path, cover: FrameCover | None) -> Iterator[list[Frame]]:
    frames = (cover(time_s, frame) if cover else frame for time_s, frame in read_samples(samples_path))
    while batch := list(islice(frames, FRAMES_PER_BATCH)):
        yield batch
