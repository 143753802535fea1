"""Files of kinds that players stumble over: which track, which start, which end, which colours, which container."""

from pathlib import Path

import pytest
from PIL import Image

from inference.errors import MediaRejected
from inference.media import command
from inference.media.metadata import ProxyMetadata
from inference.media.pictures import contrast
from inference.media.probe import probe
from inference.media.transcode import transcode
from tests.clips import outputs_in
from tests.recordings import pictures, record, tone

X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]


def made(source: Path, folder: Path) -> ProxyMetadata:
    return transcode(source, outputs_in(folder), probe(source))


# --- colours ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "num_frames"),
    [("hdr_hlg_m9_p2.mp4", 52), ("hdr_pq_m2_p2.mp4", 52), ("hevc_pq_notagged_matrix.mp4", 50)],
)
def test_hdr_that_is_partly_tagged_becomes_ready(data_dir: Path, tmp_path: Path, name: str, num_frames: int) -> None:
    assert made(data_dir / "cases" / "hdr-partial-colour-tags" / name, tmp_path).num_frames == num_frames


@pytest.mark.parametrize(
    ("primaries", "transfer", "matrix"),
    [(2, 16, 2), (3, 16, 3), (9, 18, 10), (9, 16, 14), (9, 18, 8), (0, 16, 0), (99, 18, 99), (9, 14, 10), (9, 1, 14)],
)
def test_no_colour_tag_is_called_damage(tmp_path: Path, primaries: int, transfer: int, matrix: int) -> None:
    tags = f"colour_primaries={primaries}:transfer_characteristics={transfer}:matrix_coefficients={matrix}"
    source = record(tmp_path / "hdr.mp4", *pictures(), *X264, "-bsf:v", f"h264_metadata={tags}")
    assert made(source, tmp_path / "made").num_frames == 50
    assert contrast(Image.open(outputs_in(tmp_path / "made").poster)) > 20


def test_hdr_in_rgb_becomes_ready(tmp_path: Path) -> None:
    tags = "colour_primaries=9:transfer_characteristics=16:matrix_coefficients=0"
    source = record(tmp_path / "rgb.mp4", *pictures(), "-c:v", "libx264rgb", "-bsf:v", f"h264_metadata={tags}")
    assert made(source, tmp_path / "made").num_frames == 50


def test_colours_that_no_filter_can_follow_are_shown_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "KNOWN_MATRICES", frozenset({3, 14}))
    tags = "colour_primaries=9:transfer_characteristics=16:matrix_coefficients=14"
    source = record(tmp_path / "ictcp.mp4", *pictures(), *X264, "-bsf:v", f"h264_metadata={tags}")
    assert made(source, tmp_path / "made").num_frames == 50


# --- tracks -----------------------------------------------------------------------------------------------------


def test_a_picture_before_the_recording_is_passed_over(data_dir: Path, tmp_path: Path) -> None:
    proxy = made(data_dir / "cases" / "first-video-track-is-a-picture" / "jpeg_track_first.mp4", tmp_path)
    assert (proxy.num_frames, proxy.duration_s) == (150, 6.0)
    assert proxy.notes == ("The file holds 2 video tracks. This is track 2 (320 \u00d7 180, h264).",)


@pytest.mark.parametrize("suffix", ["mkv", "mp4"])
def test_the_track_that_the_file_marks_as_its_main_one_is_taken(tmp_path: Path, suffix: str) -> None:
    both = [*pictures(size="640x360"), *pictures(size="320x180"), "-map", "0:v", "-map", "1:v", *X264]
    marks = ["-disposition:v:0", "0", "-disposition:v:1", "default"]
    proxy = made(record(tmp_path / f"two.{suffix}", *both, *marks), tmp_path / "made")
    assert (proxy.width_px, proxy.height_px) == (320, 180)


def test_of_equal_tracks_the_larger_is_taken(tmp_path: Path) -> None:
    both = [*pictures(size="160x90"), *pictures(size="320x180"), "-map", "0:v", "-map", "1:v", *X264]
    proxy = made(record(tmp_path / "two.ts", *both, "-f", "mpegts"), tmp_path / "made")
    assert (proxy.width_px, len(proxy.notes)) == (320, 1)


# --- starts and ends --------------------------------------------------------------------------------------------


def test_a_picture_that_starts_eight_seconds_after_the_sound(data_dir: Path, tmp_path: Path) -> None:
    proxy = made(data_dir / "cases" / "video-starts-late" / "late_8s.ts", tmp_path)
    assert (proxy.num_frames, proxy.duration_s, proxy.is_incomplete, proxy.notes) == (75, 3.0, False, ())


@pytest.mark.parametrize("late_s", [8, 45])
@pytest.mark.parametrize("format_name", ["vob", "mpegts", "flv", "matroska"])
def test_a_picture_that_starts_long_after_the_sound(tmp_path: Path, format_name: str, late_s: int) -> None:
    codecs = (["-c:v", "mpeg2video"], "mp2") if format_name == "vob" else (X264, "aac")
    camera = record(tmp_path / "camera.mkv", *pictures(seconds=3), *codecs[0])
    delayed = ["-itsoffset", str(late_s), "-i", str(camera), "-map", "1:v", "-map", "0:a"]
    copied = ["-c:v", "copy", "-c:a", codecs[1], "-f", format_name]
    source = record(tmp_path / "late", *tone(seconds=late_s + 3), *delayed, *copied)
    proxy = made(source, tmp_path / "made")
    assert (proxy.duration_s, proxy.is_incomplete) == (pytest.approx(3.0, abs=0.1), False)


def test_sound_that_outlasts_the_picture_cuts_nothing_off(data_dir: Path, tmp_path: Path) -> None:
    proxy = made(data_dir / "cases" / "mkv-sound-longer-than-picture" / "audio_longer.mkv", tmp_path)
    assert (proxy.duration_s, proxy.is_incomplete, proxy.notes) == (6.0, False, ())


@pytest.mark.parametrize("suffix", ["avi", "mkv", "mp4", "wmv", "flv"])
def test_a_recording_of_which_a_third_is_missing_is_said_to_be_cut_off(tmp_path: Path, suffix: str) -> None:
    codec = ["-c:v", "mjpeg"] if suffix == "avi" else ["-c:v", "wmv2"] if suffix == "wmv" else X264
    faststart = ["-movflags", "+faststart"] if suffix == "mp4" else []
    whole = record(tmp_path / f"whole.{suffix}", *pictures(seconds=6), *codec, "-g", "5", *faststart)
    content = whole.read_bytes()
    (tmp_path / f"cut.{suffix}").write_bytes(content[: len(content) * 2 // 3])
    assert not made(whole, tmp_path / "a").is_incomplete
    cut = made(tmp_path / f"cut.{suffix}", tmp_path / "b")
    assert (cut.is_incomplete, cut.duration_s) == (True, pytest.approx(4.0, abs=1.0))


# --- bare streams and lead-ins ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("pal.dv", [*pictures(size="720x576"), "-c:v", "dvvideo", "-pix_fmt", "yuv420p"]),
        ("clip.h264", [*pictures(), *X264]),
        ("clip.hevc", [*pictures(), "-c:v", "libx265", "-x265-params", "log-level=none"]),
        ("clip.m2v", [*pictures(), "-c:v", "mpeg2video"]),
        ("clip.mxf", [*pictures(), "-c:v", "mpeg2video"]),
    ],
)
@pytest.mark.parametrize("lead_in", [b"", bytes(2000)])
def test_a_bare_stream_becomes_ready(tmp_path: Path, name: str, arguments: list[str], lead_in: bytes) -> None:
    whole = record(tmp_path / name, *arguments)
    whole.write_bytes(lead_in + whole.read_bytes())
    assert made(whole, tmp_path / "made").duration_s == pytest.approx(2.0, abs=0.05)


@pytest.mark.parametrize("rate", ["30", "50"])
def test_a_bare_stream_plays_at_the_rate_it_states(tmp_path: Path, rate: str) -> None:
    proxy = made(record(tmp_path / "clip.h264", *pictures(rate=rate), *X264), tmp_path / "made")
    assert (proxy.fps, proxy.duration_s) == (float(rate), 2.0)


@pytest.mark.parametrize("suffix", ["ts", "vob", "h264", "m2v"])
def test_a_stream_that_begins_inside_a_packet_becomes_ready(tmp_path: Path, suffix: str) -> None:
    codec = ["-c:v", "mpeg2video"] if suffix in {"vob", "m2v"} else X264
    whole = record(tmp_path / f"clip.{suffix}", *pictures(seconds=4), *codec, "-g", "10")
    whole.write_bytes(whole.read_bytes()[1234:])
    assert made(whole, tmp_path / "made").duration_s == pytest.approx(4.0, abs=0.7)


def test_garbage_before_a_transport_stream_is_passed_over(data_dir: Path, tmp_path: Path) -> None:
    source = data_dir / "cases" / "raw-dv-and-streams-with-a-lead-in" / "garbage_head.ts"
    assert made(source, tmp_path).num_frames == 152


def test_a_bare_stream_without_a_rate_is_refused_by_its_name(tmp_path: Path) -> None:
    source = tmp_path / "clip.obu"
    source.write_bytes(bytes.fromhex("12000a0b00000004"))
    with pytest.raises(MediaRejected, match="bare AV1 stream"):
        probe(source)
