"""Which of a file's tracks is the recording. Not always the first: previews and test pictures lie beside."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from av.stream import Disposition

from inference.media.containers import DECODERS
from inference.media.metadata import ProbeLimits
from inference.media.packet_times import PacketTimes
from inference.media.rejections import rejected
from inference.media.timing import Timing, find_timing, usual_step_s

# Shorter than this part of the longest: a thumbnail or an intro.
SHORT = 0.5
# Faster "rates" are the container's clock, not the camera's.
MAX_PLAUSIBLE_RATE = 250
DEFAULT_FPS = 25.0
# Where lavf averages over left-out pictures, the distance that a tenth of them keep tells the camera's rate.
AVERAGED_BELOW, REGULAR_SHARE = 1.5, 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One track of pictures, by its header and its packets."""

    index: int
    number: int
    codec: str
    width_px: int
    height_px: int
    is_default: bool
    fps: float
    timing: Timing
    packets: PacketTimes


def picture_streams(container: Any, limits: ProbeLimits) -> list[Any]:
    """The streams that may be the recording, in the file's order. Raises MediaRejected if there are none."""
    if len(container.streams) > limits.max_streams:
        raise rejected("too_many_streams")
    # A cover picture inside a sound file is a video stream by name only.
    covers = Disposition.attached_pic | Disposition.still_image
    streams = [stream for stream in container.streams.video if not stream.disposition & covers]
    if not streams:
        raise rejected("audio_only" if container.streams.audio else "no_video")
    streams = [stream for stream in streams if _codec(stream) in DECODERS]
    if not streams:
        raise rejected("codec")
    small = [stream for stream in streams if stream.width * stream.height <= limits.max_pixels]
    if not small:
        raise rejected("too_many_pixels")
    return small


def track_of(
    stream: Any, packets: PacketTimes, sound: Sequence[PacketTimes], *, number: int, limits: ProbeLimits
) -> Track:
    fps = _frame_rate(stream, packets, limits)
    return Track(
        index=stream.index,
        number=number,
        codec=_codec(stream),
        width_px=stream.width,
        height_px=stream.height,
        is_default=bool(stream.disposition & Disposition.default),
        fps=fps,
        timing=find_timing(packets, sound, frame_s=1 / fps),
        packets=packets,
    )


def best_first(tracks: Sequence[Track]) -> list[Track]:
    """Those that last, before thumbnails; the one the file marks as its main one; the larger; the earlier."""
    longest_s = max(track.timing.duration_s for track in tracks)

    def rank(track: Track) -> tuple[bool, bool, int, int]:
        is_short = track.timing.duration_s < SHORT * longest_s
        return is_short, not track.is_default, -track.width_px * track.height_px, track.number

    return sorted(tracks, key=rank)


def _codec(stream: Any) -> str:
    return str(stream.codec_context.codec.canonical_name) if stream.codec_context is not None else ""


def _frame_rate(stream: Any, packets: PacketTimes, limits: ProbeLimits) -> float:
    """The nominal rate; for a variable rate the fastest regular one, so that no motion is lost in the proxy."""
    usual, fast = _rate(usual_step_s(packets)), _rate(usual_step_s(packets, share=REGULAR_SHARE))
    rates = [float(rate) for rate in (stream.guessed_rate, stream.average_rate) if rate]
    plausible = [rate for rate in rates if rate <= MAX_PLAUSIBLE_RATE]
    if plausible and "matroska" in stream.container.format.name and fast >= AVERAGED_BELOW * plausible[0]:
        plausible.insert(0, float(round(fast)))
    if 0 < usual <= MAX_PLAUSIBLE_RATE:
        plausible.append(usual)
    if plausible:
        return min(plausible[0], MAX_PLAUSIBLE_RATE)
    if rates and min(rates) > limits.max_fps:
        raise rejected("too_many_frames")
    return min(rates, default=DEFAULT_FPS)


def _rate(step_s: float | None) -> float:
    return 1 / step_s if step_s else 0.0
