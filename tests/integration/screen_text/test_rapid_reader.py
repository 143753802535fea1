"""The shipped reader on clips drawn here, and on real recordings where they are present."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from inference.evidence.fact import Fact
from inference.media.probe import probe
from inference.media.transcode import transcode
from inference.screen_text.cleaning import cleaned
from inference.screen_text.covering import TextCover
from inference.screen_text.finder import MIN_CONFIDENCE, find_screen_text
from inference.screen_text.found import ScreenText
from inference.screen_text.rapid import RapidTextReader
from inference.screen_text.segments import text_segments
from tests.clips import outputs_in
from tests.overlays import HOSTILE_ORDER, Picture, put, scene, write_clip

Draw = Callable[[Picture, float], None]


@pytest.fixture(scope="module")
def reader() -> RapidTextReader:
    return RapidTextReader()


def found(tmp_path: Path, reader: RapidTextReader, draw: Draw, *, seconds: float) -> tuple[ScreenText, list[Fact]]:
    text = find_screen_text(write_clip(tmp_path / "clip.mp4", seconds=seconds, draw=draw), reader)
    return text, text_segments(text, duration_s=seconds)


def letters(text: str) -> str:
    return "".join(mark for mark in text.casefold() if mark.isalnum())


def test_static_lines_and_a_clock_become_one_segment_each(tmp_path: Path, reader: RapidTextReader) -> None:
    def draw(picture: Picture, time_s: float) -> None:
        put(picture, "Patient: DOE, JANE", (30, 50))
        put(picture, "DOB 12.03.1961", (30, 90), height_px=16)
        put(picture, f"10:32:{int(time_s):02d}", (1080, 50))

    _, segments = found(tmp_path, reader, draw, seconds=44)
    said = {letters(segment.label): segment for segment in segments}
    assert set(said) == {"patientdoejane", "dob12031961", "103200changes"}
    assert {(segment.start_s, segment.end_s) for segment in segments} == {(0.0, 44)}
    assert min(segment.probability for segment in segments) > 0.8


def test_small_letters_are_read(tmp_path: Path, reader: RapidTextReader) -> None:
    _, segments = found(
        tmp_path, reader, lambda picture, _: put(picture, "GAIN 3dB", (30, 690), height_px=12), seconds=3
    )
    assert [letters(segment.label) for segment in segments] == ["gain3db"]


def test_an_order_to_the_model_is_found_whole(tmp_path: Path, reader: RapidTextReader) -> None:
    _, segments = found(tmp_path, reader, lambda picture, _: put(picture, HOSTILE_ORDER, (200, 640)), seconds=3)
    assert [letters(segment.label) for segment in segments] == [letters(HOSTILE_ORDER)]


def test_slowly_moving_text_is_followed(tmp_path: Path, reader: RapidTextReader) -> None:
    text, segments = found(
        tmp_path, reader, lambda picture, time_s: put(picture, "Dr. Smith", (100 + int(8 * time_s), 300)), seconds=16
    )
    assert [letters(segment.label) for segment in segments] == ["drsmith"]
    assert text.lines[0].places[-1].box.left > text.lines[0].places[0].box.left + 0.07


def test_a_scene_without_text_gives_none(tmp_path: Path, reader: RapidTextReader) -> None:
    text, _ = found(tmp_path, reader, lambda _picture, _time_s: None, seconds=44)
    assert text.lines == ()


def test_a_telephones_turned_video_is_read_upright(tmp_path: Path, reader: RapidTextReader) -> None:
    """Its proxy is upright already: the reader sees what people see."""
    clip = turned_clip(tmp_path)
    outputs = outputs_in(tmp_path)
    transcode(clip, outputs, probe(clip))
    segments = text_segments(find_screen_text(outputs.proxy, reader), duration_s=4.0)
    assert [letters(segment.label) for segment in segments] == ["patientdoejane"]


def turned_clip(folder: Path) -> Path:
    """Stored lying on its side, with the note in its header that says how to hold it."""
    import subprocess

    from inference.media.ffmpeg import find_ffmpeg

    lying = write_clip(
        folder / "lying.mp4",
        seconds=4,
        draw=lambda picture, _: put(picture, "Patient: DOE, JANE", (30, 50)),
        rotation=90,
    )
    clip = folder / "turned.mp4"
    command = [find_ffmpeg().path, "-y", "-loglevel", "error", "-display_rotation", "-90", "-i", str(lying)]
    subprocess.run([*command, "-c", "copy", str(clip)], check=True)
    return clip


def test_what_was_found_can_not_be_read_any_more_once_covered(tmp_path: Path, reader: RapidTextReader) -> None:
    def draw(picture: Picture, _time_s: float) -> None:
        put(picture, "Patient: DOE, JANE", (30, 50))
        put(picture, HOSTILE_ORDER, (200, 640), height_px=26)

    text, _ = found(tmp_path, reader, draw, seconds=3)
    picture = scene(5)
    draw(picture, 0.0)
    for width_px in (1280, 640):
        frame = cv2.resize(picture, (width_px, width_px * 9 // 16), interpolation=cv2.INTER_AREA)
        assert read_all(frame, reader)
        assert read_all(TextCover(text)(1.0, np.asarray(frame, dtype=np.uint8)), reader) == []


def read_all(frame: Picture, reader: RapidTextReader) -> list[str]:
    words = reader.read(frame, reader.find(frame))
    return [cleaned(word.text) for word in words if word.confidence >= MIN_CONFIDENCE and cleaned(word.text)]


def test_real_clips_without_overlays_have_no_text(data_dir: Path, reader: RapidTextReader) -> None:
    for clip in sorted((data_dir / "clips").glob("*.mp4")):
        assert find_screen_text(clip, reader).lines == (), clip.name


@pytest.mark.slow
def test_of_real_frames_only_menus_logos_and_settings_are_read(data_dir: Path, reader: RapidTextReader) -> None:
    """Highlights, fibres and fog must not pass for text: each of these words was looked at."""
    real = (
        "actual gas flow l/min|spies|h3-link|primary menu|exit|volume reset|pressure (mm hg)|flow (l/min)|high flow|"
        "mode|insufflator: gas|light source|intensity manual 100%|manual|standby|camera|on|off|system"
    )
    known = letters(real)
    folder = data_dir / "stanford-frames" / "images"
    said = [
        word for path in sorted(folder.glob("*.jpg"))[::3] for word in read_all(np.asarray(Image.open(path)), reader)
    ]
    strange = [word for word in said if not any(part in known for part in pieces(word))]
    assert len(said) > 20
    assert len(strange) <= 0.1 * len(said), strange


def pieces(word: str) -> list[str]:
    """Runs of three letters: a misread letter leaves some of them whole."""
    text = "".join(mark for mark in letters(word) if mark.isalpha())
    return [text[index : index + 3] for index in range(max(1, len(text) - 2))]
