"""What a container promises of its length, and whether that much is there."""

import struct
from pathlib import Path
from typing import Any

import av

from inference.media.packet_times import PacketTimes

# Shorter than promised by this much, and by a second: cut off.
COMPLETE_FROM = 0.97
# Whose headers say how long each track is, and whose say it of the whole file. The others (a transport stream) are
# measured by lavf at their ends, which tells nothing new.
TRACK_IS_DECLARED = {"mov", "mxf"}
FILE_IS_DECLARED = {"matroska", "asf", "flv"}
ASF_HEADER_BYTES = 65_536
# ASF's file properties: a GUID and, from it on, the place of play duration (100 ns), preroll (ms) and flags.
ASF_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
ASF_DURATION = struct.Struct("<64xQQQI")
ASF_BROADCAST = 1


def is_cut_off(path: Path, container: Any, demuxer: str, stream: Any, packets: dict[int, PacketTimes]) -> bool:
    """The recording ends clearly before the container says it does: in this track, or in all where it speaks of all."""
    declared_s, holders = _declared_end_s(path, container, demuxer, stream), [packets[stream.index]]
    if demuxer in FILE_IS_DECLARED:
        holders = list(packets.values())
    held_s = max((end_s for times in holders if (end_s := times.end_s()) is not None), default=declared_s)
    return declared_s - held_s > 1.0 and held_s < COMPLETE_FROM * declared_s


def _declared_end_s(path: Path, container: Any, demuxer: str, stream: Any) -> float:
    """0 if the container does not say."""
    if demuxer in TRACK_IS_DECLARED and stream.duration:
        return float(((stream.start_time or 0) + stream.duration) * stream.time_base)
    if demuxer == "avi" and stream.frames and stream.average_rate:
        return float(stream.frames / stream.average_rate)
    if demuxer == "asf" and not container.duration:
        return _asf_duration_s(path)
    return float(container.duration or 0) / av.time_base if demuxer in FILE_IS_DECLARED else 0.0


def _asf_duration_s(path: Path) -> float:
    """lavf does not tell it of a file that is smaller than its header says, which is the very file in question."""
    with path.open("rb") as file:
        header = file.read(ASF_HEADER_BYTES)
    place = header.find(ASF_PROPERTIES)
    if place < 0 or len(header) < place + ASF_DURATION.size:
        return 0.0
    play_100_ns, _send_100_ns, preroll_ms, flags = ASF_DURATION.unpack_from(header, place)
    return 0.0 if flags & ASF_BROADCAST else max(0.0, play_100_ns / 1e7 - preroll_ms / 1e3)
