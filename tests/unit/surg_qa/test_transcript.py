"""SRT, WebVTT and WhisperX JSON, well-formed and hostile."""

import json
from pathlib import Path

import pytest

from inference.errors import MediaRejected
from inference.llava_surg.surg_qa.transcript import MAX_FILE_BYTES, read_transcript

SRT = """1
00:00:01,000 --> 00:00:04,500
The <i>hook</i> opens
the peritoneum.

2
00:01:02,250 --> 00:01:05,000
Next we clip the duct.
"""
VTT = """WEBVTT - lecture

NOTE made by hand

intro
00:01.000 --> 00:04.500 align:start
<v Speaker>The hook &amp; the grasper.</v>

01:00:02.250 --> 01:00:05.000
Next we clip the duct.
"""


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_srt_cues_have_their_times_and_plain_text(tmp_path):
    first, second = read_transcript(written(tmp_path, "a.srt", SRT))
    assert (first.start_s, first.end_s, first.text) == (1.0, 4.5, "The hook opens the peritoneum.")
    assert (second.start_s, second.end_s) == (62.25, 65.0)


def test_vtt_cues_may_leave_out_the_hours_and_carry_settings(tmp_path):
    first, second = read_transcript(written(tmp_path, "a.vtt", VTT))
    assert first.text == "The hook & the grasper."
    assert second.start_s == 3602.25


def test_whisperx_segments_carry_the_mean_word_score(tmp_path):
    words = [{"word": "clip", "score": 0.9}, {"word": "duct", "score": 0.5}, {"word": "7"}]
    document = {"segments": [{"start": 1.0, "end": 3.0, "text": " Clip the duct", "words": words}]}
    (segment,) = read_transcript(written(tmp_path, "a.json", json.dumps(document)))
    assert segment.score == pytest.approx(0.7)
    assert segment.text == "Clip the duct"


def test_windows_line_ends_and_a_byte_order_mark_are_fine(tmp_path):
    path = tmp_path / "a.srt"
    path.write_bytes(b"\xef\xbb\xbf" + SRT.replace("\n", "\r\n").encode())
    assert len(read_transcript(path)) == 2


def test_invisible_and_control_characters_go(tmp_path):
    text = "1\n00:00:01,000 --> 00:00:04,000\nho\u200bok\u202e \x07opens\x00\n"
    assert read_transcript(written(tmp_path, "a.srt", text))[0].text == "hook opens"


def test_cues_whose_times_make_no_sense_are_left_out(tmp_path):
    rows = [
        {"start": 5.0, "end": 2.0, "text": "backwards"},
        {"start": -1.0, "end": 2.0, "text": "before"},
        {"start": "x", "end": 2.0, "text": "word"},
        {"start": 1e300, "end": 1e301, "text": "far"},
        {"start": 1.0, "end": 2.0, "text": "good"},
        "not a row",
    ]
    path = written(tmp_path, "a.json", json.dumps({"segments": rows}).replace('"x"', "NaN"))
    assert [segment.text for segment in read_transcript(path)] == ["good"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.srt", b"no cue at all"),
        ("a.json", b"[1, 2"),
        ("a.json", b"[" * 100_000),
        ("a.json", b'{"segments": 3}'),
        ("a.vtt", b"\xff\xfe\x00\x00"),
        ("a.vtt", b"WEBVTT\n\n" + b"x" * (MAX_FILE_BYTES + 1)),
    ],
    ids=["no-cue", "torn-json", "deep-json", "no-list", "not-utf8", "too-large"],
)
def test_what_is_no_transcript_is_refused_with_a_sentence(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(MediaRejected, match=r"\.$"):
        read_transcript(path)
