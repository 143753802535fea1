"""SRT, WebVTT and WhisperX JSON, well-formed and hostile."""

import json
from pathlib import Path

import pytest

from inference.errors import MediaRejected
from inference.llava_surg.surg_qa.transcript import MAX_FILE_BYTES, read_counted_transcript, read_transcript

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


def texts(folder: Path, name: str, text: str) -> list[str]:
    return [segment.text for segment in read_transcript(written(folder, name, text))]


def cue(second: int, spoken: str, *, length_s: int = 1) -> str:
    return f"00:00:{second:02d},000 --> 00:00:{second + length_s:02d},000\n{spoken}\n"


@pytest.mark.parametrize("arrow", ["-->", "->", "–>", "—>", "→", "-- >", "−−>", "==>"])
def test_an_arrow_is_known_however_it_is_drawn(tmp_path, arrow):
    text = f"1\n00:00:01,000 {arrow} 00:00:02,000\nfirst\n\n2\n00:00:03,000{arrow}00:00:04,500\nsecond\n"
    assert texts(tmp_path, "a.srt", text) == ["first", "second"]


@pytest.mark.parametrize(
    ("stamp", "seconds"),
    [("00:00:07", 7), ("0:07.5", 7.5), ("00:00:07:250", 7.25), ("00:00:07，250", 7.25), ("0:00:07;250", 7.25)],
)
def test_milliseconds_may_be_missing_or_set_off_by_another_sign(tmp_path, stamp, seconds):
    (segment,) = read_transcript(written(tmp_path, "a.srt", f"1\n{stamp} --> 00:00:20,000\nhere\n"))
    assert segment.start_s == seconds


def test_a_cues_number_is_no_speech_when_the_blank_line_is_missing(tmp_path):
    text = "".join(f"{number}\n{cue(number, f'word {number}')}" for number in (1, 2, 3))
    assert texts(tmp_path, "a.srt", text) == ["word 1", "word 2", "word 3"]


def test_a_number_that_is_spoken_last_stays(tmp_path):
    assert texts(tmp_path, "a.srt", "1\n" + cue(1, "the clips we used:\n4")) == ["the clips we used: 4"]


def test_a_blank_line_inside_a_subrip_cue_loses_nothing(tmp_path):
    assert texts(tmp_path, "a.srt", "1\n" + cue(1, "we clip\n\nthe duct") + "\n2\n" + cue(4, "and cut")) == [
        "we clip the duct",
        "and cut",
    ]


def test_notes_and_styles_of_a_vtt_file_are_no_speech(tmp_path):
    text = "WEBVTT\n\nSTYLE\n::cue { color: red }\n\n" + cue(1, "one") + "\nNOTE not said\n\n" + cue(3, "two")
    assert texts(tmp_path, "a.vtt", text) == ["one", "two"]


def test_what_cannot_be_read_is_counted(tmp_path):
    text = "1\n00:00:01,000 --> 00:00:02,000\ngood\n\n2\n00:00:03 --> soon\nbad\n\n3\n0:0:0:0:1 --> 0:0:0:0:2\nbad\n"
    text += "\n4\n00:00:09,000 --> 00:00:08,000\nbackwards\n\n5\n00:00:10,000 --> 00:00:11,000\n<i></i>\n"
    found = read_counted_transcript(written(tmp_path, "a.srt", text))
    assert [segment.text for segment in found.segments] == ["good"]
    assert found.dropped == {"times_unreadable": 2, "times_make_no_sense": 1, "no_words": 1}


@pytest.mark.parametrize(
    ("written_text", "said"),
    [
        ("keep pressure <15 and flow >20 litres", "keep pressure <15 and flow >20 litres"),
        ("if a<b and c>d we stop", "if a<b and c>d we stop"),
        ("<i>CO2 <b>&lt; 12</b></i> mmHg", "CO2 < 12 mmHg"),
        ("<00:00:01.200><c.yellow> the hook</c>", "the hook"),
        ('<font color="#fff">ok</font> {\\an8}now', "ok now"),
        ("10\u2076 cells, 10\u207b\u00b3 mol", "10^6 cells, 10^-3 mol"),
        ("10<sup>6</sup> cells", "10^6 cells"),
        ("4 cm\u00b2 of CO\u2082", "4 cm^2 of CO2"),
        ("2\u00bd hours", "2 1/2 hours"),
    ],
)
def test_only_markup_goes(tmp_path, written_text, said):
    assert texts(tmp_path, "a.srt", "1\n" + cue(1, written_text)) == [said]


def test_rolling_captions_are_said_once(tmp_path):
    rolled = ["we open the peritoneum", "we open the peritoneum\nand look for", "and look for\nthe cystic duct"]
    text = "WEBVTT\n\n" + "\n".join(cue(second, spoken) for second, spoken in enumerate(rolled, 1))
    assert " ".join(texts(tmp_path, "a.vtt", text)) == "we open the peritoneum and look for the cystic duct"


def test_a_caption_shown_again_while_it_stands_is_one(tmp_path):
    text = "".join(f"{n}\n{cue(n, 'gently pull here')}\n" for n in (1, 2, 3))
    (segment,) = read_transcript(written(tmp_path, "a.srt", text))
    assert (segment.text, segment.start_s, segment.end_s) == ("gently pull here", 1, 4)


def test_what_is_said_again_later_stays(tmp_path):
    text = f"1\n{cue(1, 'gently pull here')}\n2\n{cue(9, 'gently pull here')}"
    assert len(texts(tmp_path, "a.srt", text)) == 2


@pytest.mark.parametrize(
    "label",
    [
        "Given Family: ", "Vorname Al-Nachname: ", "Dr. med. Given O’Family: ", "Family, Given (Surgery): ",
        ">> GIVEN FAMILY: ", "&gt;&gt; Given: ", "- Given Family: ", "[Given Family]: ", "[Given Family] ",
        "<v Given Family>", "<v.loud Given Family>", "山田太郎：", "Given van der Family: ",
    ],
)  # fmt: skip
def test_who_spoke_is_taken_out_and_counted(tmp_path, label):
    found = read_counted_transcript(written(tmp_path, "a.vtt", "WEBVTT\n\n" + cue(1, f"{label} we clip the artery")))
    assert [segment.text for segment in found.segments] == ["we clip the artery"]
    assert found.removed == {"speaker_name": 1}


def test_a_name_that_a_label_told_goes_from_the_speech_too(tmp_path):
    text = "WEBVTT\n\n" + cue(1, "Given Family: we clip") + "\n" + cue(3, "Other Person: thank you Given, well done")
    found = read_counted_transcript(written(tmp_path, "a.vtt", text))
    assert [segment.text for segment in found.segments] == ["we clip", "thank you [removed], well done"]
    assert found.removed == {"speaker_name": 3}


def test_a_label_without_capitals_is_known_by_coming_back(tmp_path):
    text = "WEBVTT\n\n" + "\n".join(cue(n * 2, f"given family: word {n}") for n in (1, 2, 3))
    assert texts(tmp_path, "a.vtt", text) == ["word 1", "word 2", "word 3"]


@pytest.mark.parametrize(
    "spoken", ["the ratio is 3: 1 here", "and now the trick: pull, then cut", "[Music] we begin", "at 10:30 we stop"]
)
def test_a_colon_in_the_speech_is_no_label(tmp_path, spoken):
    assert texts(tmp_path, "a.srt", "1\n" + cue(1, spoken)) == [spoken]


def test_diarised_speakers_are_taken_out(tmp_path):
    rows = [{"start": 1, "end": 2, "text": " we clip", "speaker": "Given Family"}]
    found = read_counted_transcript(written(tmp_path, "a.json", json.dumps({"segments": rows})))
    assert [segment.text for segment in found.segments] == ["we clip"]
    assert found.removed == {"speaker_name": 1}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no_blank_between.srt", ["first", "second", "third"]),
        ("some_no_millis.srt", ["We dissect the cystic duct.", "Now we clip it.", "And cut."]),
        ("no_millis.srt", ["We dissect the cystic duct.", "Now we clip it."]),
        ("arrow_variants.srt", ["short arrow", "en dash", "colon ms", "ok", "fullwidth comma"]),
        ("lessthan.srt", ["keep pressure <15 and flow >20 litres"]),
        ("html.srt", ["CO2 < 12 mmHg & flow ok; a < b and c > d"]),
        ("zoom.vtt", ["We open the peritoneum because the plane is safe here", "and then we clip the artery"]),
    ],
)
def test_the_files_that_failed_are_read_as_they_were_meant(data_dir, name, said):
    assert [segment.text for segment in read_transcript(data_dir / "cases" / "transcripts" / name)] == said
