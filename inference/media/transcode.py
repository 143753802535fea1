"""From a source file to everything the rest of Debrief uses: proxy, samples, poster, sprite and source times.

The source is decoded once, by a limited ffmpeg. What is half-made lies in a work folder and is moved into place at the
end, the proxy last; so a proxy that is there is whole, and so is all that belongs to it.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from inference.errors import MediaError, MediaFailed, Stopped, StorageFull
from inference.media.command import ColourHandling, Conversion, build_argv, proxy_rate
from inference.media.ffmpeg import find_ffmpeg
from inference.media.metadata import ProxyMetadata, VideoMetadata
from inference.media.notes import note_of_limit, note_of_missing, notes_of_jumps
from inference.media.poster import make_poster
from inference.media.rejections import rejected
from inference.media.sandbox import GIB, Ended, LimitExceeded, Limits, run_limited
from inference.media.source_times import find_jumps, source_times, write_source_times
from inference.media.sprite import make_sprite
from inference.media.work_folder import work_folder
from inference.progress import Progress, ProgressCallback, StopCheck, ignore_progress, never_stop

MIN_DURATION_S = 1.0
# Address space, not resident memory: 8K H.264 at 10 bits with four decoder threads was measured at 0.9 GB resident.
MEMORY_BYTES = 4 * GIB
# Generous: 8K on an old laptop is some sixty times slower than it plays. A hang is found by STALLED_S.
BASE_TIME_S = 900
CPU_S_PER_S = 90
WALL_S_PER_S = 60
STALLED_S = 180
BASE_FILE_BYTES = 256 * 1024**2
FILE_BYTES_PER_S = 8 * 1024**2
# Shorter than its packets by more than this, and by a second: part of it could not be decoded.
COMPLETE_FROM = 0.97
FAILED = "Converting the video failed. Try again; if it fails again, ask the team."
# ffmpeg's words when its own filters cannot go on, whatever the decoder gave them.
FILTER_GAVE_UP = (
    "Error while filtering",
    "reinitializing filters",
    "configuring filter",
    "Failed to configure",
    "Impossible to convert",
)
TIMED_OUT = "Converting the video took far longer than it should. Try again when the server is less busy."


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscodeOutputs:
    """Where each file goes. All lie in one folder."""

    proxy: Path
    poster: Path
    sprite: Path
    sprite_index: Path
    pts: Path
    samples: Path

    def inside(self, folder: Path) -> "TranscodeOutputs":
        return replace(self, **{field.name: folder / getattr(self, field.name).name for field in fields(self)})


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscodeOptions:
    """`ffmpeg`: a programme's path or name; empty means the one on PATH or the one that comes with the packages."""

    max_height_px: int = 720
    max_duration_s: float = 12 * 3600
    max_pixels: int = 7680 * 4320
    keep_audio: bool = False
    ffmpeg: str = ""

    def __post_init__(self) -> None:
        if min(self.max_height_px, self.max_duration_s, self.max_pixels) <= 0:
            raise ValueError("transcode options must be positive")


def transcode(
    source: Path,
    outputs: TranscodeOutputs,
    metadata: VideoMetadata,
    options: TranscodeOptions | None = None,
    on_progress: ProgressCallback = ignore_progress,
    should_stop: StopCheck = never_stop,
) -> ProxyMetadata:
    """Counts frames of the proxy. Raises Stopped, MediaRejected (nothing to see), MediaFailed or StorageFull."""
    options = options or TranscodeOptions()
    reader = ProgressReader(total=round(metadata.duration_s * float(proxy_rate(metadata.fps))), report=on_progress)
    with work_folder(outputs.proxy.parent) as folder:
        made = outputs.inside(folder)
        encoder_log = folder / "source_times.txt"
        conversion = _conversion(source, made, encoder_log, metadata, options)
        _convert(conversion, folder, reader=reader, should_stop=should_stop)
        proxy = measure_proxy(made.proxy, metadata)
        times_s = source_times(
            encoder_log, start_time_s=metadata.start_time_s, num_frames=proxy.num_frames, fps=proxy.fps
        )
        write_source_times(times_s, made.pts)
        proxy = replace(proxy, notes=(*metadata.notes, *_notes(times_s, proxy, metadata)))
        make_sprite(made.samples, made.sprite, made.sprite_index, duration_s=proxy.duration_s)
        make_poster(made.proxy, made.samples, made.poster, duration_s=proxy.duration_s)
        _put_in_place(made, outputs)
    reader.finish()
    return proxy


def _notes(times_s: NDArray[np.float64], proxy: ProxyMetadata, metadata: VideoMetadata) -> tuple[str, ...]:
    notes = notes_of_jumps(find_jumps(times_s, fps=proxy.fps, wraps=metadata.container in {"mpegts", "mpeg"}))
    if proxy.duration_s > metadata.limit_s - 0.5 / proxy.fps:
        notes = (*notes, note_of_limit(proxy.duration_s))
    missing_s = metadata.duration_s - proxy.duration_s
    is_short = missing_s > 1.0 and proxy.duration_s < COMPLETE_FROM * metadata.duration_s
    if is_short and metadata.is_timed and not metadata.is_cut_off:
        notes = (*notes, note_of_missing(missing_s))
    return notes


def measure_proxy(path: Path, metadata: VideoMetadata) -> ProxyMetadata:
    """Counts what was really written. Raises MediaRejected if that is less than a second."""
    with av.open(str(path)) as container:
        # A file without one frame has no stream either.
        if not container.streams.video or not container.streams.video[0].frames:
            raise rejected("no_frames")
        stream = container.streams.video[0]
        num_frames, rate = stream.frames, stream.average_rate or Fraction(1)
        duration_s = float(num_frames / rate)
        if duration_s < MIN_DURATION_S:
            raise rejected("too_short")
        return ProxyMetadata(
            duration_s=duration_s,
            fps=float(rate),
            width_px=stream.codec_context.width,
            height_px=stream.codec_context.height,
            num_frames=num_frames,
            is_incomplete=metadata.is_cut_off,
        )


class ProgressReader:
    """Reads ffmpeg's `-progress` lines and reports frames: never fewer than before, never more than the total."""

    def __init__(self, *, total: int, report: ProgressCallback) -> None:
        self._total = max(1, total)
        self._report = report
        self._rest = b""
        self._done = -1
        self._moved_at_s = time.monotonic()

    def feed(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            name, _, value = line.partition(b"=")
            if name == b"frame" and value.strip().isdigit():
                self._advance(min(int(value), self._total))

    def finish(self) -> None:
        self._advance(self._total)

    def seconds_without_progress(self) -> float:
        return time.monotonic() - self._moved_at_s

    def _advance(self, done: int) -> None:
        if done > self._done:
            self._done = done
            self._moved_at_s = time.monotonic()
            self._report(Progress(done=done, total=self._total, unit="frames"))


def _conversion(
    source: Path, made: TranscodeOutputs, encoder_log: Path, metadata: VideoMetadata, options: TranscodeOptions
) -> Conversion:
    build = find_ffmpeg(options.ffmpeg)
    return Conversion(
        ffmpeg_path=build.path,
        source=source.absolute(),
        metadata=metadata,
        proxy=made.proxy.absolute(),
        samples=made.samples.absolute(),
        source_times=encoder_log.absolute(),
        max_height_px=options.max_height_px,
        max_duration_s=options.max_duration_s,
        max_pixels=options.max_pixels,
        keep_audio=options.keep_audio,
        colours=(ColourHandling.TONE_MAPPED if metadata.is_hdr and build.can_tone_map else ColourHandling.AS_TAGGED),
    )


def _convert(conversion: Conversion, folder: Path, *, reader: ProgressReader, should_stop: StopCheck) -> None:
    """A second try without regard to colour tags where a filter gave up: that is never the file's fault."""
    ended = _run(conversion, folder, reader=reader, should_stop=should_stop)
    if ended.returncode > 0 and _filter_gave_up(ended):
        plain = replace(conversion, colours=ColourHandling.PLAIN)
        ended = _run(plain, folder, reader=reader, should_stop=should_stop)
    if ended.returncode != 0:
        raise failure(ended)


def _run(conversion: Conversion, folder: Path, *, reader: ProgressReader, should_stop: StopCheck) -> Ended:
    limits, argv = _limits(conversion, folder), build_argv(conversion)
    try:
        return run_limited(argv, limits, on_output=reader.feed, check=_checks(reader, should_stop))
    except LimitExceeded as error:
        raise MediaFailed(TIMED_OUT if error.what == "time" else FAILED, f"limit exceeded: {error.what}") from error


def _checks(reader: ProgressReader, should_stop: StopCheck) -> Callable[[], None]:
    def check() -> None:
        if should_stop():
            raise Stopped()
        if reader.seconds_without_progress() > STALLED_S:
            raise LimitExceeded("time")

    return check


def _limits(conversion: Conversion, folder: Path) -> Limits:
    duration_s = conversion.metadata.duration_s
    return Limits(
        cpu_s=round(BASE_TIME_S + CPU_S_PER_S * duration_s),
        wall_s=BASE_TIME_S + WALL_S_PER_S * duration_s,
        memory_bytes=MEMORY_BYTES,
        file_bytes=round(BASE_FILE_BYTES + FILE_BYTES_PER_S * duration_s),
        read=(str(conversion.source),),
        write=(str(folder.absolute()),),
    )


def failure(ended: Ended) -> MediaError | StorageFull:
    """What a failed ffmpeg means: the disk, this file, or something that may pass."""
    said = ended.stderr_tail
    detail = f"ffmpeg ended with {ended.returncode}: {said[-2000:]}"
    if "No space left on device" in said or "Disk quota exceeded" in said:
        return StorageFull(detail)
    if "Cannot allocate memory" in said:
        return rejected("too_complex")
    if ended.returncode < 0 and ended.returncode != -9:
        # A crash on this file; -9 is the kernel short of memory, which is not the file's fault.
        return rejected("unreadable")
    if _filter_gave_up(ended):
        return MediaFailed(FAILED, detail)
    if "Invalid data found" in said or "matches no streams" in said or "nothing was written" in said.lower():
        return rejected("no_frames")
    return MediaFailed(FAILED, detail)


def _filter_gave_up(ended: Ended) -> bool:
    return any(words in ended.stderr_tail for words in FILTER_GAVE_UP)


def _put_in_place(made: TranscodeOutputs, outputs: TranscodeOutputs) -> None:
    for name in ("samples", "pts", "sprite", "sprite_index", "poster", "proxy"):
        _sync(getattr(made, name))
        os.replace(getattr(made, name), getattr(outputs, name))
    _sync(outputs.proxy.parent)


def _sync(path: Path) -> None:
    """So that after a power cut the row does not speak of files that are empty."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
