"""The first bytes decide which demuxer may open a file, and the reason where none may."""

import struct
from pathlib import Path

import pytest

from inference.errors import MediaRejected
from inference.media.containers import TS_PACKET_BYTES, demuxer_for

FTYP = struct.pack(">I4s4sI", 16, b"ftyp", b"isom", 512)
MOOV = struct.pack(">I4s", 24, b"moov") + bytes(16)
MDAT = struct.pack(">I4s", 32, b"mdat") + bytes(24)


def file_of(folder: Path, content: bytes, name: str = "video.mp4") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def refusal_of(path: Path) -> str:
    with pytest.raises(MediaRejected) as refused:
        demuxer_for(path)
    return refused.value.code


@pytest.mark.parametrize(
    ("content", "demuxer"),
    [
        (FTYP + MOOV + MDAT, "mov"),
        (FTYP + MDAT + MOOV, "mov"),
        (FTYP + struct.pack(">I4sQ", 1, b"mdat", 40) + bytes(24) + MOOV, "mov"),
        (b"\x1a\x45\xdf\xa3" + bytes(64), "matroska"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "avi"),
        (bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + bytes(64), "asf"),
        (b"FLV\x01" + bytes(64), "flv"),
        (b"\x00\x00\x01\xba" + bytes(64), "mpeg"),
        ((b"\x47" + bytes(TS_PACKET_BYTES - 1)) * 4, "mpegts"),
        ((bytes(4) + b"\x47" + bytes(TS_PACKET_BYTES - 1)) * 4, "mpegts"),
        ((b"\x47" + bytes(203)) * 4, "mpegts"),
        (b"\x1f\x07\x00\xbf" + bytes(64), "dv"),
        (b"DKIF" + bytes(64), "ivf"),
    ],
)
def test_the_content_and_not_the_name_chooses_the_demuxer(tmp_path: Path, content: bytes, demuxer: str) -> None:
    assert demuxer_for(file_of(tmp_path, content, "clip.dat")) == demuxer


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"#EXTM3U\n#EXT-X-VERSION:3\nfile:///etc/passwd\n", "playlist"),
        (b"\xef\xbb\xbf#EXTM3U\n", "playlist"),
        (b"ffconcat version 1.0\nfile 'sibling.mp4'\n", "playlist"),
        (b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>', "playlist"),
        (b"[playlist]\nFile1=http://example.org/a.mp4\n", "playlist"),
        (b"file 'sibling.mp4'\n", "text"),
        ("Aufnahme fehlgeschlagen – bitte prüfen".encode(), "text"),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "still_image"),
        (b"\xff\xd8\xff\xe0" + bytes(64), "still_image"),
        (struct.pack(">I4s4sI", 16, b"ftyp", b"heic", 0), "still_image"),
        (b"%PDF-1.7\n", "document"),
        (b"PK\x03\x04" + bytes(64), "document"),
        (bytes(128) + b"DICM" + bytes(64), "dicom"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio_file"),
        (bytes.fromhex("12000a0b00000004"), "bare_av1"),
        (bytes(range(7, 200)), "unknown_format"),
    ],
)
def test_what_is_no_video_is_refused_with_its_own_reason(tmp_path: Path, content: bytes, code: str) -> None:
    assert refusal_of(file_of(tmp_path, content)) == code


@pytest.mark.parametrize(
    "content",
    [
        FTYP + struct.pack(">I4s", 0, b"mdat"),
        FTYP + struct.pack(">I4s", 5000, b"mdat") + bytes(100),
        FTYP + struct.pack(">I4s", 5000, b"moov") + bytes(100),
        FTYP + struct.pack(">I4s", 3, b"free") + MOOV,
    ],
)
def test_an_mp4_without_a_whole_index_says_that_it_was_cut_off(tmp_path: Path, content: bytes) -> None:
    assert refusal_of(file_of(tmp_path, content)) == "no_moov"


TS_PACKETS = (b"\x47" + bytes(TS_PACKET_BYTES - 1)) * 12
H264_SETS = b"\x00\x00\x00\x01\x67abc\x00\x00\x00\x01\x68de"
HEVC_SETS = b"\x00\x00\x01\x40\x01v\x00\x00\x01\x42\x01s\x00\x00\x01\x44\x01p"
PROGRAM = b"\x00\x00\x01\xba\x44pack\x00\x00\x01\xe0picture"


@pytest.mark.parametrize("lead_in", [b"", bytes(3000), b"\xff\xfe middle of a packet \x00" * 40])
@pytest.mark.parametrize(
    ("stream", "demuxer"),
    [
        (TS_PACKETS, "mpegts"),
        (H264_SETS, "h264"),
        (HEVC_SETS, "hevc"),
        (PROGRAM, "mpeg"),
        (b"\x00\x00\x01\xb3size\x00\x00\x01\x00\x00picture", "mpegvideo"),
        (bytes.fromhex("060e2b34020501010d010201") + bytes(64), "mxf"),
    ],
)
def test_a_stream_with_a_lead_in_is_recognised(tmp_path: Path, lead_in: bytes, stream: bytes, demuxer: str) -> None:
    assert demuxer_for(file_of(tmp_path, lead_in + stream)) == demuxer


@pytest.mark.parametrize("start", [b"#EXTM3U\n", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7\n", b"ID3\x04"])
def test_what_is_known_as_something_else_is_not_searched_for_a_stream(tmp_path: Path, start: bytes) -> None:
    assert refusal_of(file_of(tmp_path, start + TS_PACKETS)) != "unknown_format"


@pytest.mark.parametrize("part", [b"\x00\x00\x01\xba\x44", b"\x00\x00\x01\x67", b"\x00\x00\x01\xb3"])
def test_megabytes_of_beginnings_are_searched_once(tmp_path: Path, part: bytes) -> None:
    assert refusal_of(file_of(tmp_path, (b"\xfe" + part) * 400_000)) == "unknown_format"
