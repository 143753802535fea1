"""Every file that has broken an ingest before, and what becomes of it: the table of outcomes."""

from pathlib import Path

import pytest

from inference.errors import MediaRejected
from inference.media.probe import probe
from inference.media.transcode import transcode
from tests.clips import outputs_in
from tests.conftest import skip_or_fail

# name: frames of the proxy, its duration in seconds
READY = {
    "all_black.mp4": (100, 4.0),
    "av1_video.mkv": (125, 5.0),
    "base_h264.mp4": (100, 4.0),
    "frozen_frames.mp4": (100, 4.0),
    "h264_10bits.mp4": (30, 1.0),
    "hevc_hdr10_pq.mp4": (100, 4.0),
    "huge_8k.mp4": (2, 2.0),
    "interlaced_mpeg2.ts": (49, 4.08),
    "live_no_duration.mkv": (100, 4.0),
    "mjpeg.avi": (100, 4.0),
    "moov_at_end.mp4": (100, 4.0),
    "odd_dims_yuv444.mp4": (100, 4.0),
    "rotated90_meta.mp4": (100, 4.0),
    "start_time_5s.mkv": (100, 4.0),
    # Declares four seconds and holds less than two: ready, with what it really holds.
    "truncated_faststart.mp4": (42, 1.68),
    "unicode naïve – 胆嚢 $(x) clip.mp4": (100, 4.0),
    "var_fps_video.mp4": (449, 14.97),
    "vfr.mp4": (100, 4.0),
    "vp9.webm": (100, 4.0),
    "wmv2.wmv": (100, 4.0),
}
REJECTED = {
    "FlashVideo.flv": "unreadable",
    "Mpeg4.mp4": "no_video",
    "audio_only.mp4": "audio_only",
    "crashed_writer_44_bytes.mp4": "no_moov",
    "crashed_writer_no_moov.mp4": "no_moov",
    "licence_text.avi": "text",
    "mp4-with-audio.mp4": "audio_only",
    "single_frame.mp4": "too_short",
    "text_named.mp4": "text",
    "truncated_no_moov.mp4": "no_moov",
    # One picture of 8 x 8 that states no duration.
    "webm.webm": "too_short",
    "zero_bytes.mp4": "empty",
}
CLIPS = {
    "cholect50_VID05_1858.mp4": (800, 32.0),
    "cholect50_VID25_324.mp4": (800, 32.0),
    "davinci_cutting.mp4": (156, 5.2),
    "davinci_pulling.mp4": (63, 2.1),
    "endo_720p.mp4": (250, 10.0),
}


def existing(path: Path) -> Path:
    if not path.is_file():
        skip_or_fail(f"no {path.name} in the data folder", ci_can_install=False)
    return path


def test_the_table_knows_every_file(data_dir: Path) -> None:
    assert {path.name for path in (data_dir / "torture").iterdir()} == READY.keys() | REJECTED.keys()
    assert {path.name for path in (data_dir / "clips").iterdir()} == CLIPS.keys()


@pytest.mark.parametrize("name", REJECTED)
def test_it_is_rejected_with_its_reason(data_dir: Path, tmp_path: Path, name: str) -> None:
    source = existing(data_dir / "torture" / name)
    with pytest.raises(MediaRejected) as refused:
        transcode(source, outputs_in(tmp_path), probe(source))
    assert refused.value.code == REJECTED[name]
    assert str(refused.value).endswith(".")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", READY)
def test_it_becomes_ready_with_its_true_length(data_dir: Path, tmp_path: Path, name: str) -> None:
    become_ready(existing(data_dir / "torture" / name), tmp_path, expected=READY[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", CLIPS)
def test_a_real_clip_becomes_ready(data_dir: Path, tmp_path: Path, name: str) -> None:
    become_ready(existing(data_dir / "clips" / name), tmp_path, expected=CLIPS[name])


def become_ready(source: Path, folder: Path, *, expected: tuple[int, float]) -> None:
    proxy = transcode(source, outputs_in(folder), probe(source))
    assert (proxy.num_frames, round(proxy.duration_s, 2)) == expected
    assert {path.name for path in folder.iterdir()} == {
        "proxy.mp4", "poster.jpg", "sprite.jpg", "sprite.json", "pts.safetensors", "samples.mp4"
    }  # fmt: skip
