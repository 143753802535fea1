"""What the ffmpeg command is made of, without running it."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from inference.media.command import ColourHandling, Conversion, build_argv, proxy_rate, proxy_size, sample_size
from inference.media.metadata import Colours, VideoMetadata

METADATA = VideoMetadata(
    duration_s=10.0,
    fps=25.0,
    width_px=1920,
    height_px=1080,
    num_frames=250,
    codec="h264",
    rotation_deg=0,
    container="mov",
    has_audio=True,
    is_interlaced=False,
    is_hdr=False,
    colours=Colours(),
    start_time_s=0.0,
    stream_index=0,
    longest_hold_s=3.0,
    limit_s=11.0,
)


def argv_for(
    metadata: VideoMetadata = METADATA, *, source: str = "/in/clip.mp4", keep_audio: bool = False
) -> list[str]:
    return build_argv(
        Conversion(
            ffmpeg_path="/usr/bin/ffmpeg",
            source=Path(source),
            metadata=metadata,
            proxy=Path("/out/proxy.mp4"),
            samples=Path("/out/samples.mp4"),
            source_times=Path("/out/times.txt"),
            max_height_px=720,
            max_duration_s=3600,
            max_pixels=1000,
            keep_audio=keep_audio,
            colours=ColourHandling.TONE_MAPPED if metadata.is_hdr else ColourHandling.AS_TAGGED,
        )
    )


def value_after(argv: list[str], option: str) -> str:
    return argv[argv.index(option) + 1]


@pytest.mark.parametrize(
    ("fps", "rate"),
    [
        (25.0, Fraction(25)),
        (30000 / 1001, Fraction(30000, 1001)),
        (60.0, Fraction(60)),
        (120.0, Fraction(60)),
        (100.0, Fraction(50)),
        (0.2, Fraction(1)),
    ],
)
def test_the_rate_is_the_sources_own_within_one_and_sixty(fps: float, rate: Fraction) -> None:
    assert proxy_rate(fps) == rate


@pytest.mark.parametrize(
    ("width_px", "height_px", "expected"),
    [
        (1920, 1080, (1280, 720)),
        (640, 480, (640, 480)),
        (318, 177, (318, 176)),
        (1080, 1920, (404, 720)),
        (9000, 400, (4096, 182)),
        (8, 8, (16, 16)),
    ],
)
def test_the_proxy_is_even_and_never_enlarged(width_px: int, height_px: int, expected: tuple[int, int]) -> None:
    metadata = replace(METADATA, width_px=width_px, height_px=height_px)
    assert proxy_size(metadata, max_height_px=720) == expected


def test_the_samples_longer_side_is_320_pixels() -> None:
    assert sample_size(METADATA) == (320, 180)
    assert sample_size(replace(METADATA, width_px=720, height_px=1280)) == (180, 320)


def test_the_input_is_one_demuxer_local_files_and_listed_decoders() -> None:
    argv = argv_for()
    before_input = argv[: argv.index("-i")]
    assert value_after(before_input, "-f") == value_after(before_input, "-format_whitelist") == "mov"
    assert value_after(before_input, "-protocol_whitelist") == "file,pipe"
    assert "h264" in value_after(before_input, "-codec_whitelist")
    assert value_after(before_input, "-max_pixels") == "1000"
    assert "-nostdin" in before_input


def test_a_name_that_looks_like_an_option_or_a_protocol_stays_a_name() -> None:
    name = "/in/-y concat:$(x);`y` 'z'.mp4"
    assert value_after(argv_for(source=name), "-i") == f"file:{name}"


def test_the_source_is_opened_once() -> None:
    assert argv_for().count("-i") == 1


def test_words_and_sound_are_left_behind() -> None:
    argv = argv_for()
    assert argv.count("-map_metadata") == argv.count("-map_chapters") == argv.count("-an") == 2
    assert {value_after(argv, "-map_metadata"), value_after(argv, "-map_chapters")} == {"-1"}


def test_sound_is_kept_only_when_asked_for() -> None:
    argv = argv_for(keep_audio=True)
    assert argv.count("-an") == 1
    assert value_after(argv, "-c:a") == "aac"


def test_only_what_needs_it_is_deinterlaced_and_tone_mapped() -> None:
    plain = value_after(argv_for(), "-filter_complex")
    special = value_after(argv_for(replace(METADATA, is_interlaced=True, is_hdr=True)), "-filter_complex")
    assert "bwdif" not in plain
    assert "tonemap" not in plain
    assert "bwdif" in special
    assert "tonemap=desat=0:tonemap=hable" in special
