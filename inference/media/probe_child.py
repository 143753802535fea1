"""Looks into a stranger's file. Runs only in the limited process that probe.py starts; answers in JSON on stdout.

Opens with the one demuxer that the first bytes allow, local files only, listed decoders only; decodes a few frames.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.error import FFmpegError
from av.stream import Disposition

from inference.errors import MediaRejected
from inference.media.containers import DECODERS
from inference.media.metadata import ProbeLimits, VideoMetadata
from inference.media.rejections import rejected

NUM_FRAMES_DECODED = 12
MAX_PACKETS_TRIED = 600
MIN_DURATION_S = 1.0
# Faster "rates" are the container's clock, not the camera's.
MAX_PLAUSIBLE_RATE = 250
DEFAULT_FPS = 25.0
PLAUSIBLE_PIXEL_SHAPE = (Fraction(1, 8), Fraction(8))
PQ_AND_HLG = {16, 18}


def main() -> None:
    path, demuxer, limits = sys.argv[1], sys.argv[2], ProbeLimits(**json.loads(sys.argv[3]))
    try:
        answer: dict[str, Any] = {"metadata": asdict(inspect(Path(path), demuxer, limits))}
    except MediaRejected as error:
        answer = {"rejected": error.code}
    except MemoryError:
        answer = {"rejected": "too_complex"}
    except (FFmpegError, ValueError, OverflowError) as error:
        answer = {"rejected": "unreadable", "detail": str(error)}
    json.dump(answer, sys.stdout)


def inspect(path: Path, demuxer: str, limits: ProbeLimits) -> VideoMetadata:
    """Raises MediaRejected with the reason, or FFmpegError if the structure cannot be read."""
    with _open(path, demuxer) as container:
        stream = _video_stream(container, limits)
        frames = _first_frames(container, stream, limits)
        fps = _frame_rate(stream, limits)
        start_s = float(frames[0].time or 0.0)
        duration_s = _declared_duration_s(container, stream, start_s=start_s)
        is_swapped = abs(frames[0].rotation) % 180 == 90
        width_px, height_px = _shown_size(stream, frames[0], is_swapped=is_swapped)
        facts: dict[str, Any] = {
            "codec": stream.codec_context.codec.canonical_name,
            "rotation_deg": int(frames[0].rotation) % 360,
            "container": demuxer,
            "has_audio": bool(container.streams.audio),
            "is_interlaced": 2 * sum(frame.interlaced_frame for frame in frames) > len(frames),
            "is_hdr": int(frames[0].color_trc) in PQ_AND_HLG,
            "start_time_s": start_s,
            "stream_index": stream.index,
        }
    if not MIN_DURATION_S <= duration_s <= limits.max_duration_s:
        duration_s = _measured_duration_s(path, demuxer, facts["stream_index"], frame_s=1 / fps)
    if duration_s < MIN_DURATION_S:
        raise rejected("too_short")
    if duration_s > limits.max_duration_s:
        raise rejected("too_long")
    return VideoMetadata(
        duration_s=duration_s,
        fps=fps,
        width_px=width_px,
        height_px=height_px,
        num_frames=max(1, round(duration_s * fps)),
        **facts,
    )


def _open(path: Path, demuxer: str) -> Any:
    options = {
        "protocol_whitelist": "file",
        "format_whitelist": demuxer,
        "codec_whitelist": ",".join(sorted(DECODERS)),
    }
    return av.open(f"file:{path}", format=demuxer, container_options=options, metadata_errors="replace")


def _video_stream(container: Any, limits: ProbeLimits) -> Any:
    if len(container.streams) > limits.max_streams:
        raise rejected("too_many_streams")
    # A cover picture inside a sound file is a video stream by name only.
    pictures = Disposition.attached_pic | Disposition.still_image
    videos = [stream for stream in container.streams.video if not stream.disposition & pictures]
    if not videos:
        raise rejected("audio_only" if container.streams.audio else "no_video")
    stream = videos[0]
    if stream.codec_context is None or stream.codec_context.codec.canonical_name not in DECODERS:
        raise rejected("codec")
    if stream.codec_context.width * stream.codec_context.height > limits.max_pixels:
        raise rejected("too_many_pixels")
    return stream


def _first_frames(container: Any, stream: Any, limits: ProbeLimits) -> list[Any]:
    stream.codec_context.thread_count = 1
    stream.codec_context.options = {"max_pixels": str(limits.max_pixels)}
    frames: list[Any] = []
    for number, packet in enumerate(container.demux(stream)):
        with suppress(FFmpegError):
            frames += packet.decode()
        if len(frames) >= NUM_FRAMES_DECODED or number >= MAX_PACKETS_TRIED:
            break
    if not frames:
        raise rejected("no_frames")
    if max(frame.width * frame.height for frame in frames) > limits.max_pixels:
        raise rejected("too_many_pixels")
    return frames


def _frame_rate(stream: Any, limits: ProbeLimits) -> float:
    """The nominal rate; for a variable rate the fastest regular one, so that no motion is lost in the proxy."""
    rates = [float(rate) for rate in (stream.guessed_rate, stream.average_rate) if rate]
    plausible = [rate for rate in rates if rate <= MAX_PLAUSIBLE_RATE]
    if plausible:
        return plausible[0]
    if rates and min(rates) > limits.max_fps:
        raise rejected("too_many_frames")
    return min(rates, default=DEFAULT_FPS)


def _declared_duration_s(container: Any, stream: Any, *, start_s: float) -> float:
    """0 if the container does not say. A late start hides the stream's own in the file's."""
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return float(container.duration or 0) / av.time_base if start_s < MIN_DURATION_S else 0.0


def _measured_duration_s(path: Path, demuxer: str, stream_index: int, *, frame_s: float) -> float:
    """Reads every packet, decoding none: for recordings that were never closed, and for headers that lie."""
    with _open(path, demuxer) as container:
        stream = container.streams[stream_index]
        times = [(start, end) for start, end in _packet_times_s(container, stream, frame_s)]
    if not times:
        return 0.0
    return max(end for _start, end in times) - min(start for start, _end in times)


def _packet_times_s(container: Any, stream: Any, frame_s: float) -> Iterator[tuple[float, float]]:
    for packet in container.demux(stream):
        stamp = packet.pts if packet.pts is not None else packet.dts
        if stamp is None or not packet.size:
            continue
        start_s = float(stamp * stream.time_base)
        yield start_s, start_s + (float(packet.duration * stream.time_base) if packet.duration else frame_s)


def _shown_size(stream: Any, frame: Any, *, is_swapped: bool) -> tuple[int, int]:
    """Square pixels, the right way up."""
    shape = Fraction(stream.sample_aspect_ratio or 1)
    if not PLAUSIBLE_PIXEL_SHAPE[0] <= shape <= PLAUSIBLE_PIXEL_SHAPE[1]:
        shape = Fraction(1)
    width_px, height_px = round(frame.width * shape), frame.height
    return (height_px, width_px) if is_swapped else (width_px, height_px)
