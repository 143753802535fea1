"""Which demuxer may open a file, decided by its first bytes alone, before any demuxer has seen it.

An allow-list: ffmpeg itself opens by content, so a playlist named .mp4 would make it read other files. What is not
recognised here is refused, and what is recognised is opened with that one demuxer only.
"""

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from inference.media.rejections import rejected

HEAD_BYTES = 4096
# So far in, a stream that begins inside a packet finds its beat; MXF's own limit for a run-in is the same.
RUN_IN_BYTES = 65_536
# So far in, a bare stream that begins anywhere has a picture that can be decoded by itself.
LEAD_IN_BYTES = 2 * 1024**2
TS_PACKET_BYTES = 188
# MPEG-TS as Blu-ray and AVCHD cameras write it: four bytes of time before each packet.
M2TS_PACKET_BYTES = 192
# With sixteen bytes of error correction behind each packet, as broadcast equipment writes it.
TS_PACKET_BYTES_WITH_PARITY = 204
TS_PACKET_SIZES = (TS_PACKET_BYTES, M2TS_PACKET_BYTES, TS_PACKET_BYTES_WITH_PARITY)
NUM_TS_PACKETS = 8
MAX_TOP_LEVEL_ATOMS = 100_000
MOV_FIRST_ATOMS = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp"})
STILL_IMAGE_BRANDS = frozenset({b"avif", b"heic", b"heix", b"mif1"})
ASF_HEADER = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
MXF_PARTITION = bytes.fromhex("060e2b34020501010d010201")

# How far ahead the streams are looked for: as a rule, and where a recorder ran long before its camera was plugged in.
READ_AHEAD_S = (30, 6 * 3600)
READ_AHEAD_BYTES_PER_S = 25_000
MIN_READ_AHEAD_BYTES = 50_000_000
# Their headers do not list the streams, or not the size of the picture.
STREAMS_APPEAR_LATE = frozenset({"mpegts", "mpeg", "flv"})

DECODERS = frozenset(
    {
        "h264", "hevc", "av1", "libdav1d", "vp8", "vp9", "mpeg1video", "mpeg2video", "mpeg4", "h263", "flv", "vc1",
        "msmpeg4v1", "msmpeg4", "msmpeg4v2", "msmpeg4v3", "wmv1", "wmv2", "wmv3", "mjpeg", "prores", "dnxhd",
        "dvvideo", "ffv1", "theora", "huffyuv", "rawvideo", "vp6f", "jpeg2000",
    }
)  # fmt: skip

TS_SYNC = b"\x47"

_PREFIXES: tuple[tuple[bytes, str], ...] = (
    (b"\x1a\x45\xdf\xa3", "matroska"),
    (ASF_HEADER, "asf"),
    (b"FLV\x01", "flv"),
    (b"OggS", "ogg"),
    (b"\x00\x00\x01\xba", "mpeg"),
    (b"\x00\x00\x01\xb3", "mpegvideo"),
    (MXF_PARTITION, "mxf"),
    # Bare DV: the header block of a DIF sequence, of 525 and of 625 lines.
    (b"\x1f\x07\x00\x3f", "dv"),
    (b"\x1f\x07\x00\xbf", "dv"),
    (b"DKIF", "ivf"),
    (b"YUV4MPEG2 ", "yuv4mpegpipe"),
)
# Bare streams: what must be found in this order, behind start codes (00 00 01), to know them by.
_BARE_STREAMS: tuple[tuple[tuple[bytes, ...], str], ...] = (
    # A pack header of MPEG-2 (two bits 01) or MPEG-1 (four bits 0010), and a packet of a stream after it.
    ((rb"\x00\x00\x01\xba[\x20-\x2f\x40-\x7f]", rb"\x00\x00\x01[\xbb-\xef]"), "mpeg"),
    # The parameter sets of HEVC (video, sequence, picture), then those of H.264 (sequence, picture).
    ((rb"\x00\x00\x01\x40\x01", rb"\x00\x00\x01\x42\x01", rb"\x00\x00\x01\x44\x01"), "hevc"),
    ((rb"\x00\x00\x01[\x27\x47\x67]", rb"\x00\x00\x01[\x28\x48\x68]"), "h264"),
    # Sequence header, then a picture: MPEG-1 and 2, MPEG-4 part 2, VC-1.
    ((rb"\x00\x00\x01\xb3", rb"\x00\x00\x01\x00"), "mpegvideo"),
    ((rb"\x00\x00\x01\xb0", rb"\x00\x00\x01[\x20-\x2f]", rb"\x00\x00\x01\xb6"), "m4v"),
    ((rb"\x00\x00\x01\x0f", rb"\x00\x00\x01\x0e", rb"\x00\x00\x01\x0d"), "vc1"),
    # DV: a sequence's header block, and 80 bytes on its first block of subcode.
    ((rb"(?s)\x1f[\x07\x17\x27\x37\x47\x57\x67\x77\x87\x97\xa7\xb7]\x00[\x3f\xbf].{76}\x3f",), "dv"),
)
_REFUSED_PREFIXES: tuple[tuple[bytes, str], ...] = (
    (b"#EXTM3U", "playlist"),
    (b"ffconcat", "playlist"),
    (b";FFMETADATA", "playlist"),
    (b"\x89PNG", "still_image"),
    (b"\xff\xd8\xff", "still_image"),
    (b"GIF8", "still_image"),
    (b"BM", "still_image"),
    (b"II*\x00", "still_image"),
    (b"MM\x00*", "still_image"),
    (b"%PDF", "document"),
    (b"PK\x03\x04", "document"),
    (b"\x1f\x8b", "document"),
    (b"7z\xbc\xaf", "document"),
    (b"Rar!", "document"),
    (b"\xd0\xcf\x11\xe0", "document"),
    (b"fLaC", "audio_file"),
    (b"ID3", "audio_file"),
    (b"\x12\x00\x0a", "bare_av1"),
)
_PLAYLIST_WORDS = (b"<mpd", b"[playlist]", b"<smil", b"<asx", b"rtsp://", b"[reference]", b"smptereference")


def read_ahead_options(read_ahead_s: int) -> dict[str, int]:
    """The demuxer's options, for ffmpeg and PyAV alike. What is read ahead is held in memory: sound alone is small."""
    num_bytes = max(MIN_READ_AHEAD_BYTES, READ_AHEAD_BYTES_PER_S * read_ahead_s)
    return {"probesize": num_bytes, "analyzeduration": read_ahead_s * 1_000_000}


def demuxer_for(path: Path) -> str:
    """The one demuxer that may open this file. Raises MediaRejected with the reason if there is none."""
    with path.open("rb") as file:
        lead_in = file.read(LEAD_IN_BYTES)
        head = lead_in[:HEAD_BYTES]
        if not head:
            raise rejected("empty")
        name = _recognise(head)
        if name is None:
            name = _recognise_further_in(lead_in, refusal=_refusal(head))
        if name == "mov" and not _has_whole_moov(file, size_bytes=path.stat().st_size):
            raise rejected("no_moov")
    return name


def _recognise(head: bytes) -> str | None:
    if head[4:8] in MOV_FIRST_ATOMS:
        return None if head[8:12] in STILL_IMAGE_BRANDS else "mov"
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "avi"
    for prefix, name in _PREFIXES:
        if head.startswith(prefix):
            return name
    return "mpegts" if _is_transport_stream(head) or _is_transport_stream(head, 4, sizes=(M2TS_PACKET_BYTES,)) else None


def _recognise_further_in(lead_in: bytes, *, refusal: str) -> str:
    """A stream that begins inside a packet, or after something else. Raises MediaRejected if it is none.

    What is known to be something else, a text or a picture, is not searched.
    """
    if refusal != "unknown_format":
        raise rejected(refusal)
    if MXF_PARTITION in lead_in[:RUN_IN_BYTES]:
        return "mxf"
    if any(_is_transport_stream(lead_in, start, least=NUM_TS_PACKETS) for start in _sync_bytes(lead_in)):
        return "mpegts"
    for patterns, name in _BARE_STREAMS:
        if _are_found(patterns, lead_in):
            return name
    raise rejected(refusal)


def _are_found(patterns: tuple[bytes, ...], lead_in: bytes) -> bool:
    """Each after the one before. One pass over the bytes, however hostile they are."""
    position = 0
    for pattern in patterns:
        found = re.compile(pattern).search(lead_in, position)
        if found is None:
            return False
        position = found.end()
    return True


def _sync_bytes(lead_in: bytes) -> Iterator[int]:
    position = lead_in.find(TS_SYNC, 0, RUN_IN_BYTES)
    while position >= 0:
        yield position
        position = lead_in.find(TS_SYNC, position + 1, RUN_IN_BYTES)


def _is_transport_stream(
    head: bytes, start: int = 0, *, least: int = 3, sizes: tuple[int, ...] = TS_PACKET_SIZES
) -> bool:
    """The sync byte at the start of each of some packets, plain or with what equipment adds before or behind each."""
    for packet_bytes in sizes:
        beats = head[start : start + NUM_TS_PACKETS * packet_bytes : packet_bytes]
        if len(beats) >= least and set(beats) == set(TS_SYNC):
            return True
    return False


def _refusal(head: bytes) -> str:
    """The code of the reason for a file that is none of the accepted kinds."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for prefix, code in _REFUSED_PREFIXES:
        if text.startswith(prefix):
            return code
    if head[4:8] == b"ftyp":
        return "still_image"
    if head[128:132] == b"DICM":
        return "dicom"
    if head[:4] == b"RIFF":
        return {b"WEBP": "still_image", b"WAVE": "audio_file"}.get(head[8:12], "unknown_format")
    if not _is_text(head):
        return "unknown_format"
    lowered = head.lower()
    return "playlist" if any(word in lowered for word in _PLAYLIST_WORDS) else "text"


def _is_text(head: bytes) -> bool:
    if b"\x00" in head:
        return False
    # The head may end within a character, so an error in its last bytes says nothing.
    return all(character.isprintable() or character in "\t\r\n\f" for character in head[:-4].decode("utf-8", "replace"))


def _has_whole_moov(file: BinaryIO, *, size_bytes: int) -> bool:
    """Walks the top-level atoms, some bytes each, without loading any. A moov that runs past the end is not whole."""
    position = 0
    for _ in range(MAX_TOP_LEVEL_ATOMS):
        file.seek(position)
        header = file.read(16)
        if len(header) < 8:
            return False
        atom_bytes, kind = struct.unpack(">I4s", header[:8])
        if atom_bytes == 1 and len(header) == 16:
            atom_bytes = struct.unpack(">Q", header[8:])[0]
        if kind == b"moov":
            return atom_bytes == 0 or position + int(atom_bytes) <= size_bytes
        if atom_bytes < 8:
            # 0 means "to the end of the file"; 1 to 7 cannot be.
            return False
        position += atom_bytes
    return False
