"""What is known of a source file and of the proxy that was made from it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeLimits:
    """The largest video that is accepted. Width times height counts, not either side: 8K and odd formats pass."""

    max_duration_s: float = 12 * 3600
    max_pixels: int = 7680 * 4320
    max_streams: int = 32
    max_fps: float = 1000.0

    def __post_init__(self) -> None:
        if min(self.max_duration_s, self.max_pixels, self.max_streams, self.max_fps) <= 0:
            raise ValueError("probe limits must be positive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """What the pictures say of their colours: the numbers of ITU-T H.273, 2 where nothing is said."""

    primaries: int = 2
    transfer: int = 2
    matrix: int = 2
    is_rgb: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoMetadata:
    """A source as its container declares it, checked by decoding its first frames.

    duration_s is what the packets give (timing.py); num_frames follows from it. width_px and height_px are as shown:
    rotation and non-square pixels applied. start_time_s is the timestamp of the first frame. container is the demuxer's
    name, read_ahead_s how far it has to look for the streams. longest_hold_s: a longer step of the clock is a jump;
    limit_s: no copy gets longer. is_timed: the
    packets state times. is_cut_off: the container promised more than is there. notes are for the owner.
    """

    duration_s: float
    fps: float
    width_px: int
    height_px: int
    num_frames: int
    codec: str
    rotation_deg: int
    container: str
    has_audio: bool
    is_interlaced: bool
    is_hdr: bool
    colours: Colours
    start_time_s: float
    stream_index: int
    longest_hold_s: float
    limit_s: float
    read_ahead_s: int = 30
    is_timed: bool = True
    is_cut_off: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyMetadata:
    """The proxy as it was written: these numbers are measured, not declared.

    is_incomplete says that the source held clearly less than it declared: it was cut off while recording or copying.
    notes are sentences for the owner on how the copy differs from what the file says.
    """

    duration_s: float
    fps: float
    width_px: int
    height_px: int
    num_frames: int
    is_incomplete: bool
    notes: tuple[str, ...] = ()
