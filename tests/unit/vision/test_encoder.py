"""The frame encoder and the pass over a video's samples, on tiny generated videos."""

from pathlib import Path

import av
import numpy as np
import pytest
import torch

from inference.errors import MediaFailed, Stopped
from inference.media.frames import count_samples, read_samples
from inference.progress import Progress
from inference.vision.encoder import EncoderOptions, FrameEncoder
from inference.vision.extract import extract_features
from inference.vision.preprocess import frames_to_pixels
from inference.vision.store import FeatureStore


@pytest.fixture(scope="module")
def encoder() -> FrameEncoder:
    return FrameEncoder(EncoderOptions(precision="float32"))


def make_video(path: Path, *, num_frames: int, fps: int, skip: tuple[int, ...] = ()) -> Path:
    """Frame k is grey of brightness 5 k; frames in `skip` are left out, which leaves a gap in time."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps, options={"crf": "10", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for index in set(range(num_frames)) - set(skip):
            picture = av.VideoFrame.from_ndarray(np.full((48, 64, 3), index * 5, np.uint8), format="rgb24")
            picture.pts = index
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


def test_samples_of_a_one_hertz_video_are_its_frames(tmp_path: Path) -> None:
    path = make_video(tmp_path / "samples.mp4", num_frames=5, fps=1)
    assert count_samples(path) == 5
    assert [timestamp_s for timestamp_s, _ in read_samples(path)] == [0, 1, 2, 3, 4]


def test_any_other_video_is_sampled_at_each_full_second(tmp_path: Path) -> None:
    path = make_video(tmp_path / "video.mp4", num_frames=35, fps=10)
    samples = list(read_samples(path))
    assert [timestamp_s for timestamp_s, _ in samples] == [0, 1, 2, 3]
    assert [round(float(frame.mean()) / 5) for _, frame in samples] == [0, 10, 20, 30]


def test_a_gap_in_the_video_repeats_the_last_picture(tmp_path: Path) -> None:
    path = make_video(tmp_path / "gap.mp4", num_frames=50, fps=10, skip=tuple(range(11, 41)))
    samples = list(read_samples(path))
    assert [timestamp_s for timestamp_s, _ in samples] == [0, 1, 2, 3, 4]
    assert [round(float(frame.mean()) / 5) for _, frame in samples] == [0, 10, 10, 10, 41]


def test_what_is_no_video_is_a_media_error(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("hello")
    with pytest.raises(MediaFailed):
        list(read_samples(tmp_path / "text.mp4"))


def test_our_folded_backbone_gives_the_published_models_features(encoder: FrameEncoder) -> None:
    published = pytest.importorskip("efficientnet_lite_pytorch").EfficientNet
    from inference.vision.backbone import imagenet_weights_path

    model = published.from_pretrained("efficientnet-lite0", weights_path=str(imagenet_weights_path())).eval()
    pixels = torch.rand(2, 3, 224, 224, generator=torch.Generator().manual_seed(0)) * 2 - 1
    with torch.inference_mode():
        expected = model.extract_features(pixels).flatten(2).transpose(1, 2)
    torch.testing.assert_close(encoder.encode(pixels), expected, atol=1e-3, rtol=1e-3)


def test_features_of_a_frame_do_not_depend_on_its_batch(encoder: FrameEncoder) -> None:
    frames = np.random.default_rng(0).integers(0, 256, (3, 90, 160, 3), dtype=np.uint8)
    together = encoder.encode(frames_to_pixels(frames))
    alone = encoder.encode(frames_to_pixels(frames[1:2]))
    torch.testing.assert_close(together[1:2], alone, atol=1e-4, rtol=1e-4)


def test_extraction_is_deterministic_and_its_tokens_equal_direct_encoding(
    tmp_path: Path, encoder: FrameEncoder
) -> None:
    samples = make_video(tmp_path / "samples.mp4", num_frames=20, fps=1)
    for name in ("a", "b"):
        extract_features(samples, tmp_path / name, encoder)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    pictures = np.stack([frame for _, frame in read_samples(samples)])
    direct = encoder.encode(frames_to_pixels(pictures[4:9]))
    tokens = FeatureStore.open(tmp_path / "a").visual_tokens(4, 9, num_temporal=5)
    torch.testing.assert_close(tokens.temporal, direct.mean(dim=1), atol=3e-3, rtol=1e-2)
    torch.testing.assert_close(tokens.spatial, direct.mean(dim=0), atol=6e-3, rtol=1e-2)


def test_a_finished_store_is_kept_and_progress_counts_frames(tmp_path: Path, encoder: FrameEncoder) -> None:
    samples = make_video(tmp_path / "samples.mp4", num_frames=18, fps=1)
    seen: list[Progress] = []
    info = extract_features(samples, tmp_path / "f", encoder, seen.append)
    assert [(progress.done, progress.total) for progress in seen] == [(16, 18), (18, 18)]
    written = (tmp_path / "f").stat().st_mtime_ns
    assert extract_features(samples, tmp_path / "f", encoder) == info
    assert (tmp_path / "f").stat().st_mtime_ns == written


def test_extraction_stops_between_batches_and_leaves_nothing(tmp_path: Path, encoder: FrameEncoder) -> None:
    samples = make_video(tmp_path / "samples.mp4", num_frames=4, fps=1)
    with pytest.raises(Stopped):
        extract_features(samples, tmp_path / "f", encoder, should_stop=lambda: True)
    assert [path.name for path in tmp_path.iterdir()] == ["samples.mp4"]


def test_the_fused_backbone_gives_the_plain_ones_features() -> None:
    from inference.vision.backbone import imagenet_backbone
    from inference.vision.fused import FusedBackbone, can_fuse

    backbone = imagenet_backbone().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if not can_fuse(backbone):
        pytest.skip("this torch has no fused convolutions for this processor")
    pixels = torch.rand(3, 3, 224, 224, generator=torch.Generator().manual_seed(2)) * 2 - 1
    pixels = pixels.contiguous(memory_format=torch.channels_last)
    with torch.inference_mode():
        torch.testing.assert_close(FusedBackbone(backbone)(pixels), backbone(pixels), atol=1e-4, rtol=1e-4)
