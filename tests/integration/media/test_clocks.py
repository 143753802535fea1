"""Recordings whose clock cannot be believed, and slow ones whose clock must be: both through the real ffmpeg."""

from pathlib import Path

import av
import numpy as np
import pytest

from inference.media.metadata import ProxyMetadata
from inference.media.probe import probe
from inference.media.source_times import read_source_times
from inference.media.transcode import TranscodeOptions, transcode
from tests.clips import FPS, outputs_in, pictures_of, seen_frame, write_counting_clip, write_timed_clip

HOUR_S = 3600.0


def made(source: Path, folder: Path, *, keep_audio: bool = False) -> ProxyMetadata:
    return transcode(source, outputs_in(folder), probe(source), TranscodeOptions(keep_audio=keep_audio))


def seen_in(folder: Path) -> list[int]:
    return [seen_frame(picture) for _time_s, picture in pictures_of(outputs_in(folder).proxy)]


def times_in(folder: Path) -> list[float]:
    return read_source_times(outputs_in(folder).pts).round(3).tolist()


@pytest.mark.parametrize("name", ["pts_outlier_3h.mp4", "pts_outlier_3h.mkv"])
def test_two_pictures_three_hours_ahead_stay_two_pictures(data_dir: Path, tmp_path: Path, name: str) -> None:
    proxy = made(data_dir / "cases" / "pts-outlier" / name, tmp_path)
    assert (proxy.num_frames, proxy.duration_s, proxy.is_incomplete) == (300, 12.0, False)
    assert proxy.notes == (
        "The recording's clock is off by 3 h 1 min for a moment at 0:04; the pictures were kept in their order.",
    )


@pytest.mark.parametrize(
    ("name", "jump"), [("joined_jump_14h.ts", "13 h 53 min"), ("joined_jump_forward.ts", "59 min 54 s")]
)
def test_joined_recordings_are_as_long_as_both(data_dir: Path, tmp_path: Path, name: str, jump: str) -> None:
    proxy = made(data_dir / "cases" / "ts-clock-jump" / name, tmp_path)
    assert (proxy.num_frames, round(proxy.duration_s, 2), proxy.is_incomplete) == (302, 12.08, False)
    assert proxy.notes == (f"The recording's clock jumps ahead by {jump} at 0:06; the gap was left out.",)


@pytest.mark.parametrize("format_name", ["mp4", "matroska", "mpegts"])
@pytest.mark.parametrize("gap_s", [20.0, 0.5 * HOUR_S, 14 * HOUR_S])
def test_a_gap_is_left_out_and_the_map_leads_across_it(tmp_path: Path, format_name: str, gap_s: float) -> None:
    times_s = [n / FPS + (gap_s if n >= 2 * FPS else 0) for n in range(4 * FPS)]
    source = write_timed_clip(tmp_path / "gap", times_s, format_name=format_name)
    proxy = made(source, tmp_path / "made")
    assert (proxy.num_frames, proxy.is_incomplete) == (4 * FPS, False)
    assert len(proxy.notes) == 1
    assert " at 0:02; the gap was left out." in proxy.notes[0]
    assert seen_in(tmp_path / "made") == list(range(4 * FPS))
    found_s = times_in(tmp_path / "made")
    assert np.allclose(np.array(found_s) - found_s[0], times_s, atol=2e-3)


def test_a_clock_set_back_between_two_recordings(tmp_path: Path) -> None:
    first = write_counting_clip(tmp_path / "a.ts", seconds=2, format_name="mpegts", start_s=900)
    second = write_counting_clip(tmp_path / "b.ts", seconds=2, format_name="mpegts")
    (tmp_path / "joined.ts").write_bytes(first.read_bytes() + second.read_bytes())
    proxy = made(tmp_path / "joined.ts", tmp_path / "made")
    assert proxy.num_frames == 4 * FPS
    assert proxy.notes == (
        "The recording's clock jumps back by 15 min 2 s at 0:02; the pictures were kept in their order.",
    )


def test_the_same_recording_many_times_over_is_all_there(tmp_path: Path) -> None:
    once = write_counting_clip(tmp_path / "once.ts", seconds=2, format_name="mpegts")
    (tmp_path / "joined.ts").write_bytes(once.read_bytes() * 10)
    proxy = made(tmp_path / "joined.ts", tmp_path / "made")
    assert (proxy.num_frames, proxy.is_incomplete) == (20 * FPS, False)
    assert proxy.notes[-1] == "The clock jumps at 6 more places."


@pytest.mark.parametrize("format_name", ["mp4", "matroska", "mpegts"])
@pytest.mark.parametrize("step_s", [2.0, 6.0])
def test_slides_keep_their_time(tmp_path: Path, format_name: str, step_s: float) -> None:
    times_s = [n * step_s for n in range(8)]
    proxy = made(write_timed_clip(tmp_path / "slides", times_s, format_name=format_name), tmp_path / "made")
    assert proxy.duration_s == pytest.approx(7.5 * step_s, abs=step_s)
    assert proxy.notes == ()
    seen = seen_in(tmp_path / "made")
    assert [seen[round(time_s * proxy.fps)] for time_s in times_s[:-1]] == list(range(7))


@pytest.mark.parametrize("format_name", ["mp4", "matroska"])
def test_a_recorder_that_drops_repeated_pictures_keeps_its_time(tmp_path: Path, format_name: str) -> None:
    times_s = [n / FPS for n in range(24 * FPS) if n / FPS % 8 < 2]
    proxy = made(write_timed_clip(tmp_path / "drops", times_s, format_name=format_name), tmp_path / "made")
    assert proxy.duration_s == pytest.approx(18.0, abs=0.1)
    assert (proxy.fps, proxy.notes) == (FPS, ())
    found_s = np.array(times_in(tmp_path / "made"))
    shown_s = np.arange(proxy.num_frames) / proxy.fps
    assert np.abs(found_s - shown_s).max() <= 6.1
    assert np.all(found_s <= shown_s + 0.02)
    assert set(np.round(times_s, 2)) <= set(found_s.round(2))


@pytest.mark.parametrize("format_name", ["mp4", "matroska", "mpegts", "flv"])
def test_a_rate_that_changes_all_the_time_keeps_its_time_and_its_motion(tmp_path: Path, format_name: str) -> None:
    random = np.random.default_rng(5)
    numbers = [n for n in range(12 * FPS) if n % 7 == 0 or random.random() < 0.3]
    source = write_timed_clip(tmp_path / "varies", [n / FPS for n in numbers], format_name=format_name, b_frames=0)
    proxy = made(source, tmp_path / "made")
    assert (proxy.fps, proxy.notes) == (FPS, ())
    seen = seen_in(tmp_path / "made")
    assert [seen[n] for n in numbers] == list(range(len(numbers)))


def test_a_still_picture_under_sound_keeps_its_time(tmp_path: Path) -> None:
    times_s = [n / FPS for n in range(2 * FPS)] + [40 + n / FPS for n in range(FPS)]
    source = write_timed_clip(tmp_path / "lecture.mkv", times_s, format_name="matroska", sound_s=41)
    proxy = made(source, tmp_path / "made", keep_audio=True)
    assert (proxy.duration_s, proxy.notes) == (pytest.approx(41.0, abs=0.1), ())


def test_sound_that_is_kept_loses_the_gap_too(tmp_path: Path) -> None:
    once = write_timed_clip(tmp_path / "a.ts", [n / FPS for n in range(4 * FPS)], format_name="mpegts", sound_s=4)
    (tmp_path / "joined.ts").write_bytes(once.read_bytes() * 2)
    made(tmp_path / "joined.ts", tmp_path / "made", keep_audio=True)
    with av.open(str(outputs_in(tmp_path / "made").proxy)) as container:
        lengths_s = [float(stream.duration * stream.time_base) for stream in container.streams]
    assert lengths_s == pytest.approx([8.0, 8.0], abs=0.3)


def test_packets_without_a_time_get_the_time_that_is_shown(data_dir: Path, tmp_path: Path) -> None:
    made(data_dir / "cases" / "source-times-without-pts" / "xvid.avi", tmp_path)
    assert np.allclose(times_in(tmp_path), 0.04 + np.arange(150) / FPS, atol=1e-3)
