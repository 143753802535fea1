"""What the probe sees in a file, and what it refuses to look at."""

import os
from pathlib import Path

import pytest

from inference.errors import MediaFailed, MediaRejected
from inference.media.metadata import ProbeLimits
from inference.media.probe import probe
from tests.clips import write_counting_clip


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_counting_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", seconds=3)


def refusal(path: Path, **limits: float) -> str:
    with pytest.raises(MediaRejected) as refused:
        probe(path, ProbeLimits(**limits))  # type: ignore[arg-type]
    return refused.value.code


def test_it_sees_what_is_there(clip: Path) -> None:
    found = probe(clip)
    assert (found.codec, found.container, found.fps, found.num_frames) == ("h264", "mov", 25.0, 75)
    assert (found.width_px, found.height_px, found.duration_s) == (320, 180, 3.0)
    assert [found.has_audio, found.is_hdr, found.is_interlaced] == [False, False, False]


@pytest.mark.parametrize(
    ("name", "fact", "value"),
    [
        ("rotated90_meta.mp4", "height_px", 320),
        ("hevc_hdr10_pq.mp4", "is_hdr", True),
        ("interlaced_mpeg2.ts", "is_interlaced", True),
        ("start_time_5s.mkv", "start_time_s", 5.0),
        ("live_no_duration.mkv", "duration_s", 4.0),
        ("vfr.mp4", "fps", 25.0),
    ],
)
def test_it_sees_through_odd_recordings(data_dir: Path, name: str, fact: str, value: object) -> None:
    assert getattr(probe(data_dir / "torture" / name), fact) == value


def test_limits_are_the_servers(clip: Path) -> None:
    assert refusal(clip, max_pixels=320 * 180 - 1) == "too_many_pixels"
    assert refusal(clip, max_duration_s=2.5) == "too_long"


@pytest.mark.parametrize("kind", ["symlink", "folder", "pipe"])
def test_only_a_regular_file_is_opened(clip: Path, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "video.mp4"
    {"symlink": lambda: path.symlink_to(clip), "folder": path.mkdir, "pipe": lambda: os.mkfifo(path)}[kind]()
    assert refusal(path) == "not_a_file"


def test_a_missing_file_can_be_tried_again(tmp_path: Path) -> None:
    with pytest.raises(MediaFailed):
        probe(tmp_path / "gone.mp4")


@pytest.mark.parametrize(
    "playlist",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nclip.mp4\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile clip.mp4\n",
    ],
)
def test_a_playlist_named_mp4_does_not_reach_its_neighbour(tmp_path: Path, playlist: str) -> None:
    write_counting_clip(tmp_path / "clip.mp4", seconds=1)
    (tmp_path / "innocent.mp4").write_text(playlist)
    assert refusal(tmp_path / "innocent.mp4") == "playlist"


@pytest.mark.parametrize("name", ["-i.mp4", "-y -f null.mp4", "$(touch hacked) `id`; rm -rf x.mp4", "file:a|b%03d.mp4"])
def test_a_name_is_only_a_name(clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(clip.read_bytes())
    assert probe(Path(name)).num_frames == 75
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_random_damage_ends_in_an_answer(clip: Path, tmp_path: Path) -> None:
    content = bytearray(clip.read_bytes())
    for position in range(200, len(content), 37):
        content[position] ^= 0x5A
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(content)
    with pytest.raises(MediaRejected):
        probe(damaged)
