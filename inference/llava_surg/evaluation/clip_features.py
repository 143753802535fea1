"""A clip of a labelled surgery as a feature store, so that the product's own answerer looks at it as at a video."""

from pathlib import Path

from torch import Tensor

from inference.llava_surg.evaluation.cases import EvaluationClip, frames_by_second
from inference.vision.writer import FeatureWriter


def write_clip_features(clip: EvaluationClip, patches: Tensor, folder: Path, *, encoder_id: str) -> Path:
    """patches : (T, 49, 1280) of the whole surgery · one row a second, each frame held until the next."""
    path = folder / f"{clip.video.name}-{clip.first}.safetensors"
    rows = patches[frames_by_second(clip)].float()
    with FeatureWriter(path, encoder_id=encoder_id, expected_frames=len(rows)) as writer:
        writer.append(rows)
        writer.finish()
    return path
