"""A real operation's timeline beside the simulator's heads."""

from pathlib import Path

import numpy as np
from PIL import Image

from inference.vision.encoder import EncoderOptions, FrameEncoder
from inference.vision.preprocess import frames_to_pixels
from inference.vision.store import FeatureStore
from inference.vision.timeline import TimelineHeads, find_timeline
from inference.vision.writer import FeatureWriter
from tests.conftest import ROOT

WEIGHTS = ROOT / "inference" / "weights"
TOWER, SIMULATOR = WEIGHTS / "vision_tower.safetensors", WEIGHTS / "simulator_heads.safetensors"


def real_frames(data_dir: Path, *, count: int) -> np.ndarray:
    paths = sorted((data_dir / "cholect50" / "videos" / "VID68").glob("*.jpg"))[100 : 100 + count]
    return np.stack([np.asarray(Image.open(path).convert("RGB").resize((320, 180))) for path in paths])


def stored(path: Path, encoder: FrameEncoder, frames: np.ndarray) -> FeatureStore:
    seen = encoder.read(frames_to_pixels(frames))
    with FeatureWriter(
        path, encoder_id=encoder.encoder_id, expected_frames=len(frames), output_names=encoder.output_names
    ) as writer:
        writer.append(seen.patches, seen.rows)
        writer.finish()
    return FeatureStore.open(path, encoder_id=encoder.encoder_id)


def test_a_real_clip_gets_the_same_lanes_with_the_simulators_heads_as_without(tmp_path: Path, data_dir: Path) -> None:
    frames = real_frames(data_dir, count=12)
    heads = TimelineHeads.load(WEIGHTS / "timeline_heads.json")
    plain = FrameEncoder(EncoderOptions(weights=TOWER))
    both = FrameEncoder(EncoderOptions(weights=TOWER, simulator=SIMULATOR))
    before = stored(tmp_path / "before", plain, frames)
    after = stored(tmp_path / "after", both, frames)
    assert find_timeline(before, heads)
    assert find_timeline(after, heads, both.simulator) == find_timeline(before, heads)
    # A store of a real clip needs no making anew because the simulator's heads came or changed.
    assert find_timeline(before, heads, both.simulator) == find_timeline(before, heads)
