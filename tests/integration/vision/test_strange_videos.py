"""The shipped eyes on pictures that nothing was trained on: none is an operation, and nothing in them is named."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from inference.evidence.kinds import VideoKind
from inference.vision.encoder import EncoderOptions, FrameEncoder
from inference.vision.preprocess import frames_to_pixels
from inference.vision.store import FeatureStore
from inference.vision.timeline import find_timeline
from inference.vision.writer import FeatureWriter
from tests.conftest import ROOT

WEIGHTS = ROOT / "inference" / "weights"
NUM_SECONDS = 12
SIZE_PX = (320, 180)
OPERATIONS = {VideoKind.LAPAROSCOPIC_CHOLECYSTECTOMY.value, VideoKind.OTHER_LAPAROSCOPY.value}


@pytest.fixture(scope="module")
def encoder() -> FrameEncoder:
    return FrameEncoder(EncoderOptions(weights=WEIGHTS / "vision_tower.safetensors", eyes=WEIGHTS / "eyes.safetensors"))


def bicycle(second: int) -> Image.Image:
    """Riding along a street of coloured houses."""
    picture = Image.new("RGB", SIZE_PX, (150, 190, 230))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 120, 320, 180), fill=(90, 90, 95))
    for house in range(5):
        left = house * 70 - second * 6
        draw.rectangle((left, 120 - 40 - house * 9, left + 50, 120), fill=(200 - house * 30, 120, 60 + house * 35))
    for wheel in (100, 160):
        draw.ellipse((wheel - 20, 118, wheel + 20, 158), outline=(20, 20, 20), width=4)
    draw.line((100, 138, 130, 105, 160, 138), fill=(200, 0, 0), width=4)
    return picture


def bars(second: int) -> Image.Image:
    columns = np.array([[235] * 3, [235, 235, 16], [16, 235, 235], [16, 235, 16], [235, 16, 235], [16, 16, 235]])
    return Image.fromarray(np.repeat(np.roll(columns, second, axis=0)[None], 30, axis=0).astype(np.uint8)).resize(
        SIZE_PX
    )


def noise(second: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(second).integers(0, 255, (180, 320, 3), dtype=np.uint8))


def black(_second: int) -> Image.Image:
    return Image.new("RGB", SIZE_PX)


@pytest.mark.parametrize("drawn", [bicycle, bars, noise, black])
def test_what_is_no_operation_is_told_as_none(
    tmp_path: Path, encoder: FrameEncoder, drawn: Callable[[int], Image.Image]
) -> None:
    frames = np.stack([np.array(drawn(second)) for second in range(NUM_SECONDS)])
    facts = find_timeline(stored(tmp_path / "f", encoder, frames), None, eyes=encoder.eyes)
    (kind,) = [fact.label for fact in facts if fact.lane == "kind"]
    assert kind not in OPERATIONS
    assert {fact.lane for fact in facts} <= {"kind", "body"}


def test_a_real_cholecystectomy_is_told_as_one(tmp_path: Path, encoder: FrameEncoder, data_dir: Path) -> None:
    paths = sorted((data_dir / "cholect50" / "videos" / "VID68").glob("*.jpg"))[100:112]
    frames = np.stack([np.array(Image.open(path).convert("RGB").resize(SIZE_PX)) for path in paths])
    facts = find_timeline(stored(tmp_path / "f", encoder, frames), None, eyes=encoder.eyes)
    assert ("kind", "laparoscopic_cholecystectomy") in {fact.key for fact in facts}
    assert "instrument" in {fact.lane for fact in facts}


def stored(path: Path, encoder: FrameEncoder, frames: np.ndarray) -> FeatureStore:
    seen = encoder.read(frames_to_pixels(frames))
    with FeatureWriter(
        path,
        encoder_id=encoder.encoder_id,
        expected_frames=len(frames),
        output_names=encoder.output_names,
        heads_id=encoder.heads_id,
    ) as writer:
        writer.append(seen.patches, seen.rows)
        writer.finish()
    return FeatureStore.open(path, encoder_id=encoder.encoder_id, heads_id=encoder.heads_id)
