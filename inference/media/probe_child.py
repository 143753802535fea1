"""Looks into a stranger's file. Runs only in the limited process that probe.py starts; answers in JSON on stdout.

Opens with the one demuxer that the first bytes allow, local files only, listed decoders only. Reads the times of all
packets, since headers lie, and decodes a few frames.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.error import FFmpegError

from inference.errors import MediaRejected
from inference.media.containers import DECODERS, READ_AHEAD_S, STREAMS_APPEAR_LATE, read_ahead_options
from inference.media.declared import is_cut_off
from inference.media.metadata import Colours, ProbeLimits, VideoMetadata
from inference.media.notes import note_of_tracks
from inference.media.packet_times import read_packet_times
from inference.media.rejections import rejected
from inference.media.tracks import Track, best_first, picture_streams, track_of

NUM_FRAMES_DECODED = 12
MAX_PACKETS_TRIED = 600
MIN_DURATION_S = 1.0
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
    read_ahead_s = _read_ahead_s(path, demuxer)
    tracks, cut_off = _tracks(path, demuxer, limits, read_ahead_s=read_ahead_s)
    track, facts = _first_that_decodes(path, demuxer, tracks, limits, read_ahead_s=read_ahead_s)
    timing = track.timing
    if timing.duration_s < MIN_DURATION_S:
        raise rejected("too_short")
    if timing.duration_s > limits.max_duration_s:
        raise rejected("too_long")
    return VideoMetadata(
        duration_s=timing.duration_s,
        fps=track.fps,
        num_frames=max(1, round(timing.duration_s * track.fps)),
        codec=track.codec,
        container=demuxer,
        stream_index=track.index,
        longest_hold_s=timing.longest_hold_s,
        limit_s=timing.limit_s,
        is_timed=timing.is_timed,
        read_ahead_s=read_ahead_s,
        is_cut_off=track.index in cut_off,
        notes=note_of_tracks(track, tracks),
        **facts,
    )


def _open(path: Path, demuxer: str, *, read_ahead_s: int) -> Any:
    options = {
        "protocol_whitelist": "file",
        "format_whitelist": demuxer,
        "codec_whitelist": ",".join(sorted(DECODERS)),
        **{name: str(value) for name, value in read_ahead_options(read_ahead_s).items()},
    }
    return av.open(f"file:{path}", format=demuxer, container_options=options, metadata_errors="replace")


def _read_ahead_s(path: Path, demuxer: str) -> int:
    """How far to look for the streams: far where the picture starts long after the sound."""
    for read_ahead_s in READ_AHEAD_S:
        with _open(path, demuxer, read_ahead_s=read_ahead_s) as container:
            if any(stream.codec_context is not None and stream.width for stream in container.streams.video):
                return read_ahead_s
        if demuxer not in STREAMS_APPEAR_LATE:
            break
    return READ_AHEAD_S[0]


def _tracks(path: Path, demuxer: str, limits: ProbeLimits, *, read_ahead_s: int) -> tuple[list[Track], set[int]]:
    """The tracks of pictures, the best first, and the indices of those that hold less than was declared."""
    with _open(path, demuxer, read_ahead_s=read_ahead_s) as container:
        streams = picture_streams(container, limits)
        packets = read_packet_times(container, [*streams, *container.streams.audio])
        sound = [packets[stream.index] for stream in container.streams.audio]
        tracks = [
            track_of(stream, packets[stream.index], sound, number=number, limits=limits)
            for number, stream in enumerate(streams, start=1)
        ]
        cut_off = {stream.index for stream in streams if is_cut_off(path, container, demuxer, stream, packets)}
    return best_first(tracks), cut_off


def _first_that_decodes(
    path: Path, demuxer: str, tracks: Sequence[Track], limits: ProbeLimits, *, read_ahead_s: int
) -> tuple[Track, dict[str, Any]]:
    """A track, and what its first frames tell."""
    for track in tracks:
        with _open(path, demuxer, read_ahead_s=read_ahead_s) as container:
            stream = container.streams[track.index]
            seen = _first_frames(container, stream, limits)
            if seen is not None:
                return track, _facts(container, stream, *seen)
    raise rejected("no_frames")


def _first_frames(container: Any, stream: Any, limits: ProbeLimits) -> tuple[Any, bool] | None:
    """The first frame, and whether most of the first ones are interlaced. Only one is kept: at 8K each is 50 MB."""
    stream.codec_context.thread_count = 1
    stream.codec_context.options = {"max_pixels": str(limits.max_pixels)}
    first, are_interlaced = None, []
    for frame in _decoded(container, stream):
        if frame.width * frame.height > limits.max_pixels:
            raise rejected("too_many_pixels")
        first = frame if first is None else first
        are_interlaced.append(bool(frame.interlaced_frame))
        if len(are_interlaced) >= NUM_FRAMES_DECODED:
            break
    return None if first is None else (first, 2 * sum(are_interlaced) > len(are_interlaced))


def _decoded(container: Any, stream: Any) -> Iterator[Any]:
    for number, packet in enumerate(container.demux(stream)):
        with suppress(FFmpegError):
            yield from packet.decode()
        if number >= MAX_PACKETS_TRIED:
            return


def _facts(container: Any, stream: Any, first: Any, is_interlaced: bool) -> dict[str, Any]:
    width_px, height_px = _shown_size(stream, first)
    return {
        "width_px": width_px,
        "height_px": height_px,
        "rotation_deg": int(first.rotation) % 360,
        "has_audio": bool(container.streams.audio),
        "is_interlaced": is_interlaced,
        "is_hdr": int(first.color_trc) in PQ_AND_HLG,
        "colours": Colours(
            primaries=int(first.color_primaries),
            transfer=int(first.color_trc),
            matrix=int(first.colorspace),
            is_rgb=first.format.is_rgb,
        ),
        "start_time_s": float(first.time or 0.0),
    }


def _shown_size(stream: Any, frame: Any) -> tuple[int, int]:
    """Square pixels, the right way up."""
    shape = Fraction(stream.sample_aspect_ratio or 1)
    if not PLAUSIBLE_PIXEL_SHAPE[0] <= shape <= PLAUSIBLE_PIXEL_SHAPE[1]:
        shape = Fraction(1)
    width_px, height_px = round(frame.width * shape), frame.height
    return (height_px, width_px) if abs(frame.rotation) % 180 == 90 else (width_px, height_px)
