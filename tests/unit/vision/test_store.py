"""Pooling and the feature store: what a window's tokens are, and what a reader may trust."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from inference.errors import FeaturesStale, MediaFailed
from inference.vision.pooling import spatio_temporal_pool
from inference.vision.store import PREFIX_STRIDE, FeatureInfo, FeatureStore
from inference.vision.writer import FeatureWriter, frames_per_bucket


def random_patches(num_frames: int) -> Tensor:
    return torch.rand(num_frames, 49, 1280, generator=torch.Generator().manual_seed(1)) * 6


def write(path: Path, patches: Tensor, *, expected_frames: int | None = None) -> FeatureInfo:
    with FeatureWriter(path, encoder_id="tower-a", expected_frames=expected_frames or len(patches)) as writer:
        for start in range(0, len(patches), 7):
            writer.append(patches[start : start + 7])
        return writer.finish()


def test_pooling_equals_the_four_line_reference() -> None:
    patches = random_patches(5)
    temporal = np.stack([frame.mean(axis=0) for frame in patches.numpy()])
    spatial = patches.numpy().mean(axis=0)
    tokens = spatio_temporal_pool(patches, num_temporal=100)
    np.testing.assert_allclose(tokens.concatenated(), np.concatenate([temporal, spatial]), rtol=1e-5)


def test_more_frames_than_tokens_become_means_of_equal_runs() -> None:
    patches = random_patches(6)
    tokens = spatio_temporal_pool(patches, num_temporal=3)
    torch.testing.assert_close(tokens.temporal[1], patches[2:4].mean(dim=(0, 1)))


@pytest.mark.parametrize(("start_s", "end_s"), [(0, 40), (3, 9), (7.2, 7.4), (30.5, 99), (-5, 2), (32, 40)])
def test_tokens_of_a_window_equal_direct_computation(tmp_path: Path, start_s: float, end_s: float) -> None:
    patches = random_patches(40)
    write(tmp_path / "f.safetensors", patches)
    store = FeatureStore.open(tmp_path / "f.safetensors")
    first, last = store.frame_range(start_s, end_s)
    direct = spatio_temporal_pool(patches[first:last], num_temporal=8)
    stored = store.visual_tokens(start_s, end_s, num_temporal=8)
    torch.testing.assert_close(stored.concatenated(), direct.concatenated(), atol=3e-3, rtol=0)


def test_wide_buckets_are_exact_on_their_borders_and_close_between(tmp_path: Path) -> None:
    patches = random_patches(90)
    write(tmp_path / "f.safetensors", patches, expected_frames=1500)
    store = FeatureStore.open(tmp_path / "f.safetensors")
    assert store.bucket_s == 4
    on_borders = store.visual_tokens(8, 88, num_temporal=4).spatial
    torch.testing.assert_close(on_borders, patches[8:88].mean(dim=0), atol=3e-3, rtol=0)
    between = store.visual_tokens(10, 90, num_temporal=4).spatial
    assert (between - patches[10:90].mean(dim=0)).abs().max() < 0.2


def test_windows_across_prefix_rows_agree_with_the_sum_of_their_parts(tmp_path: Path) -> None:
    patches = random_patches(2 * PREFIX_STRIDE)
    write(tmp_path / "f.safetensors", patches)
    store = FeatureStore.open(tmp_path / "f.safetensors")
    whole = store.visual_tokens(20, 60, num_temporal=4).spatial * 40
    parts = [store.visual_tokens(start, start + 20, num_temporal=4).spatial * 20 for start in (20, 40)]
    torch.testing.assert_close(whole, parts[0] + parts[1], atol=1e-2, rtol=1e-5)


def test_a_window_always_holds_at_least_one_frame(tmp_path: Path) -> None:
    write(tmp_path / "f.safetensors", random_patches(3))
    store = FeatureStore.open(tmp_path / "f.safetensors")
    assert store.frame_range(2, 2) == (2, 3)
    assert store.frame_range(500, 900) == (2, 3)
    with pytest.raises(ValueError, match="not a window"):
        store.frame_range(3, 1)


def test_a_store_refuses_another_encoder(tmp_path: Path) -> None:
    write(tmp_path / "f.safetensors", random_patches(2))
    with pytest.raises(FeaturesStale, match="tower-a"):
        FeatureStore.open(tmp_path / "f.safetensors", encoder_id="tower-b")


def test_an_interrupted_write_leaves_the_old_store_and_no_scraps(tmp_path: Path) -> None:
    write(tmp_path / "f.safetensors", random_patches(2))
    with FeatureWriter(tmp_path / "f.safetensors", encoder_id="tower-b", expected_frames=9) as writer:
        writer.append(random_patches(4))
    assert FeatureStore.open(tmp_path / "f.safetensors").encoder_id == "tower-a"
    assert [path.name for path in tmp_path.iterdir()] == ["f.safetensors"]


def test_a_broken_file_is_a_media_error(tmp_path: Path) -> None:
    (tmp_path / "f.safetensors").write_bytes(b"not tensors")
    with pytest.raises(MediaFailed):
        FeatureStore.open(tmp_path / "f.safetensors")


def test_twelve_hours_stay_within_2700_buckets() -> None:
    assert [frames_per_bucket(n) for n in (1, 512, 513, 3600, 43_200)] == [1, 1, 2, 8, 16]
