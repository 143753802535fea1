"""The one ffmpeg command that makes everything: proxy, one picture a second, and the source time of each frame.

    source -> deinterlace -> scale -> tone-map -> from zero -> constant rate -+-> proxy.mp4, source times
                                                                              +-> one a second -> samples.mp4

Fixed argv, no shell. The source is decoded once.
"""

import math
import os
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg

from inference.media.containers import DECODERS, read_ahead_options
from inference.media.metadata import Colours, VideoMetadata
from inference.media.source_times import LOG_FORMAT

KEYFRAME_INTERVAL_S = 2
SAMPLE_SIDE_PX = 320
MAX_PROXY_FPS = 60
MIN_PROXY_FPS = 1
MAX_PROXY_WIDTH_PX = 4096
MIN_SIDE_PX = 16
# So far back is a time that stands still (recorders that stamp pictures as they arrive); further is a jump.
STUTTER_S = 0.5
# Threads of a decoder hold a frame each; at 8K that is 50 to 200 MB. See MEMORY_BYTES in transcode.py.
MAX_THREADS = 4
# PQ and HLG to the BT.709 of an ordinary screen: 100 cd/m2 is white, Hable's curve bends the rest below it.
TONE_MAP = (
    ("zscale", {"transfer": "linear", "npl": 100}),
    ("format", {"pix_fmts": "gbrpf32le"}),
    ("zscale", {"primaries": "bt709"}),
    ("tonemap", {"tonemap": "hable", "desat": 0}),
    ("zscale", {"transfer": "bt709", "matrix": "bt709", "range": "tv"}),
)
# The numbers of ITU-T H.273 that zscale can start from; BT.2020 (9), HDR's own, is assumed for all others: what is
# missing, reserved, or exotic (constant luminance, ICtCp).
KNOWN_PRIMARIES = frozenset({1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 22})
KNOWN_MATRICES = frozenset({1, 4, 5, 6, 7, 9})
BT2020 = 9
# Nothing of what the recorder wrote about patient, device or place is carried over.
STRIPPED = {
    "map_metadata": -1,
    "map_chapters": -1,
    "fflags": "+bitexact",
    "flags:v": "+bitexact",
    "dn": None,
    "sn": None,
}
# Only for audio that is kept; without them its decoder would be refused.
AUDIO_DECODERS = frozenset({"aac", "mp3", "mp3float", "mp2", "ac3", "opus", "libopus", "vorbis", "pcm_s16le", "wmav2"})


class ColourHandling(StrEnum):
    """What is done with what the pictures say of their colours."""

    TONE_MAPPED = "tone-mapped"
    AS_TAGGED = "as tagged"
    # The numbers as they are, shown as BT.709: HDR is paler, but all there. For tags that no filter can follow.
    PLAIN = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """All that the command depends on."""

    ffmpeg_path: str
    source: Path
    metadata: VideoMetadata
    proxy: Path
    samples: Path
    source_times: Path
    max_height_px: int
    max_duration_s: float
    max_pixels: int
    keep_audio: bool
    colours: ColourHandling


def build_argv(conversion: Conversion) -> list[str]:
    """The whole command line, programme first."""
    source = ffmpeg.input(f"file:{conversion.source}", **_input_options(conversion))
    video = _prepared(source[str(conversion.metadata.stream_index)], conversion)
    branches = video.filter_multi_output("split", 2)
    streams = [branches[0]]
    if conversion.keep_audio and conversion.metadata.has_audio:
        streams.append(_with_the_picture(source["a:0"], conversion))
    proxy = ffmpeg.output(*streams, f"file:{conversion.proxy}", **_proxy_options(conversion))
    samples = ffmpeg.output(
        _one_a_second(branches[1], conversion), f"file:{conversion.samples}", **_sample_options(conversion)
    )
    both = ffmpeg.merge_outputs(proxy, samples)
    return [str(part) for part in both.compile(cmd=[conversion.ffmpeg_path, *_global_options()])]


def proxy_rate(fps: float) -> Fraction:
    """The proxy's constant rate: the source's own, halved until at most 60, at least 1; 29.97 is 30000/1001."""
    rate = Fraction(fps).limit_denominator(1001)
    while rate > MAX_PROXY_FPS:
        rate /= 2
    return max(rate, Fraction(MIN_PROXY_FPS))


def proxy_size(metadata: VideoMetadata, *, max_height_px: int) -> tuple[int, int]:
    """Width and height in pixels, even (H.264 4:2:0 needs it), never enlarged."""
    ratio = min(1.0, max_height_px / metadata.height_px, MAX_PROXY_WIDTH_PX / metadata.width_px)
    return _even(metadata.width_px * ratio), _even(metadata.height_px * ratio)


def sample_size(metadata: VideoMetadata) -> tuple[int, int]:
    ratio = min(1.0, SAMPLE_SIDE_PX / max(metadata.width_px, metadata.height_px))
    return _even(metadata.width_px * ratio), _even(metadata.height_px * ratio)


def _even(side_px: float) -> int:
    return max(MIN_SIDE_PX, 2 * round(side_px / 2))


def num_threads() -> int:
    return min(MAX_THREADS, os.cpu_count() or 1)


def _global_options() -> list[str]:
    return [
        # The recorder's own times, neither shifted nor mended: what is done with them is done by _steady below.
        "-copyts",
        "-nostdin", "-y", "-hide_banner", "-nostats",
        "-loglevel", "error",
        "-progress", "pipe:1", "-stats_period", "0.5",
        "-filter_complex_threads", str(num_threads()),
        # A damaged recording gives what it still holds; whether that is enough is measured afterwards.
        "-max_error_rate", "1",
    ]  # fmt: skip


def _input_options(conversion: Conversion) -> dict[str, Any]:
    demuxer = conversion.metadata.container
    return {
        "f": demuxer,
        "format_whitelist": demuxer,
        "protocol_whitelist": "file,pipe",
        "codec_whitelist": ",".join(
            sorted(DECODERS | {"aac", "mp3", "mp3float", "ac3", "opus", "libopus", "pcm_s16le"})
        ),
        **read_ahead_options(conversion.metadata.read_ahead_s),
        "max_pixels": conversion.max_pixels,
        "threads": num_threads(),
        # A change of size in mid-stream is for the scaler to follow; a rebuilt graph would start its clock again.
        "reinit_filter": 0,
    }


def _prepared(video: Any, conversion: Conversion) -> Any:
    width_px, height_px = proxy_size(conversion.metadata, max_height_px=conversion.max_height_px)
    if conversion.metadata.is_interlaced:
        video = video.filter("bwdif", mode="send_frame", deint="interlaced")
    size = {"w": width_px, "h": height_px, "flags": "bicubic", "out_range": "tv"}
    if conversion.colours is ColourHandling.TONE_MAPPED:
        video = _tone_mapped(video, conversion.metadata.colours, size)
    elif conversion.colours is ColourHandling.PLAIN:
        video = _untagged(video, conversion.metadata.colours).filter("scale", **size)
    else:
        video = video.filter("scale", **size)
    return (
        video.filter("format", "yuv420p")
        .filter("setsar", 1)
        .filter("setpts", expr=_steady(conversion))
        .filter("fps", fps=str(proxy_rate(conversion.metadata.fps)))
    )


def _tone_mapped(video: Any, colours: Colours, size: dict[str, Any]) -> Any:
    """All pictures get the same, complete tags first: zscale refuses gaps, and some recorders tag few pictures."""
    tags = {
        "color_primaries": colours.primaries if colours.primaries in KNOWN_PRIMARIES else BT2020,
        "color_trc": colours.transfer,
        "colorspace": colours.matrix if colours.matrix in KNOWN_MATRICES else BT2020,
    }
    if colours.is_rgb:
        video = video.filter("scale", **size, out_color_matrix="bt2020").filter("format", "yuv420p10le")
        video = video.filter("setparams", **{**tags, "colorspace": BT2020})
    else:
        video = video.filter("setparams", **tags).filter("scale", **size)
    for name, options in TONE_MAP:
        video = video.filter(name, **options)
    return video


def _untagged(video: Any, colours: Colours) -> Any:
    tags = {"color_primaries": "unknown", "color_trc": "unknown"}
    return video.filter("setparams", **tags, **({} if colours.is_rgb else {"colorspace": "unknown"}))


def _steady(conversion: Conversion) -> str:
    """From zero, and on by what the source's clock says, as long as it can be believed: beyond `longest_hold_s`, and
    backwards, the next picture follows after one step. Steps made up for times that stand still are saved later on.

    Registers: 0 the clock's step in seconds, 1 seconds ahead of the clock, 2 what is saved now. See `timing.py`.
    """
    step_s, hold_s = f"{1 / conversion.metadata.fps:.9f}", f"{conversion.metadata.longest_hold_s:.6f}"
    return (
        "st(0,(PTS-PREV_INPTS)*TB);"
        f"st(2,if(gt(ld(0),{step_s})*lte(ld(0),{hold_s}),min(ld(1),ld(0)-{step_s}),0));"
        f"st(1,ld(1)-ld(2)+if(between(ld(0),-{STUTTER_S},0),{step_s}-ld(0),0));"
        f"if(isnan(PREV_OUTPTS),0,PREV_OUTPTS+round(if(gt(ld(0),0)*lte(ld(0),{hold_s}),ld(0)-ld(2),{step_s})/TB))"
    )


def _with_the_picture(sound: Any, conversion: Conversion) -> Any:
    """The same for the sound: from the moment of the first picture, without the jumps."""
    start_s, hold_s = conversion.metadata.start_time_s, f"{conversion.metadata.longest_hold_s:.6f}"
    return sound.filter(
        "asetpts",
        expr=(
            "st(0,(PTS-PREV_INPTS)*TB);"
            f"st(1,if(gt(ld(0),0)*lte(ld(0),{hold_s}),ld(0),NB_SAMPLES/SR));"
            f"if(isnan(PREV_OUTPTS),PTS-round({start_s:.6f}/TB),PREV_OUTPTS+round(ld(1)/TB))"
        ),
    ).filter("atrim", start=0)


def _one_a_second(video: Any, conversion: Conversion) -> Any:
    """round=up: picture k is the last frame at or before second k; the default shows one half a second later."""
    width_px, height_px = sample_size(conversion.metadata)
    return video.filter("fps", fps=1, round="up").filter("scale", width_px, height_px, flags="area")


def _proxy_options(conversion: Conversion) -> dict[str, Any]:
    rate = proxy_rate(conversion.metadata.fps)
    return {
        **STRIPPED,
        "f": "mp4",
        "movflags": "+faststart",
        "c:v": "libx264",
        "preset": "veryfast",
        "crf": 23,
        "pix_fmt": "yuv420p",
        "a53cc": 0,
        "g": math.ceil(rate * KEYFRAME_INTERVAL_S),
        "sc_threshold": 0,
        "force_key_frames": f"expr:gte(t,n_forced*{KEYFRAME_INTERVAL_S})",
        "stats_enc_pre:v": f"file:{conversion.source_times}",
        "stats_enc_pre_fmt:v": LOG_FORMAT,
        "t": _limit_s(conversion),
        **({"c:a": "aac", "b:a": "96k", "ac": 1} if conversion.keep_audio else {"an": None}),
    }


def _limit_s(conversion: Conversion) -> float:
    return min(conversion.max_duration_s, conversion.metadata.limit_s)


def _sample_options(conversion: Conversion) -> dict[str, Any]:
    return {
        **STRIPPED,
        "f": "mp4",
        "c:v": "libx264",
        "preset": "veryfast",
        "crf": 20,
        "g": 1,
        "pix_fmt": "yuv420p",
        "t": _limit_s(conversion),
        "an": None,
    }
