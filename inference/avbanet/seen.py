"""What the eyes say of a video before it is scored: its kind, and which seconds are outside the body."""

import numpy as np
from numpy.typing import NDArray

from inference.avbanet.sequence import VideoFacts
from inference.evidence.kinds import KEYHOLE, VideoKind
from inference.vision.cutting import SEGMENT_OFF, SEGMENT_ON
from inference.vision.eyes.eyes import Eyes
from inference.vision.eyes.read_video import read_video
from inference.vision.smoothing import keep_with_hysteresis
from inference.vision.store import FeatureStore


def video_facts(store: FeatureStore, eyes: Eyes | None, *, content: str) -> VideoFacts:
    """Without eyes no kind is known. Raises FeaturesStale if the store holds nothing that these eyes said."""
    if eyes is None:
        return VideoFacts(content=content, kind=VideoKind.UNKNOWN.value)
    seen = read_video(store, eyes)
    # In a box trainer there is no body to be outside of.
    outside = _outside(seen.probabilities["body/outside"]) if seen.kind in KEYHOLE else None
    return VideoFacts(content=content, kind=seen.kind.value, outside=outside)


def _outside(probability: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray(keep_with_hysteresis(probability, on=SEGMENT_ON, off=SEGMENT_OFF), dtype=bool)
