"""Reading seldom and following in between, on drawn keyframes, with a reader that needs no model."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from inference.media.keyframes import Grey
from inference.screen_text.box import Box
from inference.screen_text.finder import MIN_CONFIDENCE, TextFinder
from inference.screen_text.found import ScreenText
from inference.screen_text.reader import Words
from tests.fakes_reader import FakeTextReader
from tests.overlays import Picture, put, scene

NAME = Box(0.02, 0.035, 0.30, 0.085)
CLOCK = Box(0.83, 0.035, 0.96, 0.085)
LOW = Box(0.3, 0.84, 0.75, 0.90)
NAME_PX, CLOCK_PX, LOW_PX = (30, 56), (1070, 56), (390, 640)

Draw = Callable[[Picture, float], None]


@dataclass(frozen=True)
class DrawnKeyframe:
    timestamp_s: float
    picture: Picture

    def grey(self) -> Grey:
        return np.asarray(self.picture.mean(axis=2), dtype=np.uint8)

    def rgb(self) -> Picture:
        return self.picture


def name_always(picture: Picture, _time_s: float) -> None:
    put(picture, "DOE, JANE MARY", NAME_PX)


def reader(*places: Box, confidence: float = 0.95, **texts: str) -> FakeTextReader:
    words = {NAME: "DOE, JANE MARY", LOW: "Light 80%"}
    return FakeTextReader(
        places=places, say=lambda box, number: Words(words.get(box, f"10:32:{number:02d}"), confidence)
    )


def look(fake: FakeTextReader, draw: Draw, *, seconds: int) -> ScreenText:
    finder = TextFinder(fake)
    for time_s in range(0, seconds, 2):
        picture = scene(time_s * 10)
        draw(picture, time_s)
        finder.look(DrawnKeyframe(float(time_s), picture))
    return finder.finish()


def test_a_line_that_stands_still_is_read_once_and_followed() -> None:
    fake = reader(NAME)
    text = look(fake, name_always, seconds=60)
    [line] = text.lines
    assert (line.start_s, line.end_s) == (0.0, 58.0)
    assert len(line.places) == 1
    assert (fake.num_finds, fake.num_reads) == (3, 1)


def test_a_scene_without_text_is_looked_at_seldom_and_gives_nothing() -> None:
    fake = reader(NAME)
    text = look(fake, lambda _picture, _time_s: None, seconds=120)
    assert text.lines == ()
    assert fake.num_finds <= 8


def test_new_words_are_noticed_between_two_readings_and_dated_back() -> None:
    fake = reader(NAME, LOW)

    def draw(picture: Picture, time_s: float) -> None:
        name_always(picture, time_s)
        if 6 <= time_s < 30:
            put(picture, "Light 80%  GAIN +3dB", LOW_PX, height_px=26)

    lines = {line.readings[0].text: (line.start_s, line.end_s) for line in look(fake, draw, seconds=60).lines}
    assert lines == {"DOE, JANE MARY": (0.0, 58.0), "Light 80%": (6.0, 28.0)}


def test_a_running_clock_is_followed_and_not_read_each_time() -> None:
    fake = reader(CLOCK)
    text = look(fake, lambda picture, time_s: put(picture, f"10:32:{int(time_s):02d}", CLOCK_PX), seconds=60)
    assert (text.lines[0].start_s, text.lines[-1].end_s) == (0.0, 58.0)
    assert fake.num_finds <= 6


def test_drifting_text_is_followed() -> None:
    at = [Box((30 + 4 * t) / 1280, 0.035, (380 + 4 * t) / 1280, 0.085) for t in range(0, 18, 2)]
    fake = FakeTextReader(places=at[:1], say=lambda _box, _number: Words("DOE, JANE MARY", 0.95))
    text = look(fake, lambda picture, time_s: put(picture, "DOE, JANE MARY", (32 + int(4 * time_s), 56)), seconds=18)
    [line] = text.lines
    assert line.end_s == 16.0
    assert line.places[-1].box.left == pytest.approx(at[-1].left, abs=4 / 1280)


def test_what_is_read_with_little_confidence_is_no_text_and_is_not_read_again() -> None:
    fake = reader(NAME, confidence=MIN_CONFIDENCE - 0.01)
    assert look(fake, name_always, seconds=60).lines == ()
    assert fake.num_reads == 1


def test_a_name_written_behind_a_known_word_is_found() -> None:
    whole, word = Box(0.02, 0.035, 0.34, 0.085), Box(0.02, 0.035, 0.125, 0.085)
    fake = FakeTextReader(
        places=[word], say=lambda box, _number: Words("Patient:" if box == word else "Patient: DOE, JANE", 0.95)
    )
    finder = TextFinder(fake)
    for time_s in range(0, 42, 2):
        picture = scene(time_s * 10)
        put(picture, "Patient:" if time_s < 20 else "Patient: DOE, JANE", NAME_PX)
        fake.places = [word] if time_s < 20 else [whole]
        finder.look(DrawnKeyframe(float(time_s), picture))
    lines = finder.finish().lines
    covered = [place.box for line in lines for place in line.places if place.end_s >= 40]
    assert any(whole.share_inside(box) > 0.95 for box in covered)
    assert any(reading.text == "Patient: DOE, JANE" for line in lines for reading in line.readings)


def test_a_picture_that_changes_its_size_is_no_trouble() -> None:
    finder = TextFinder(reader(NAME))
    for number, (width_px, height_px) in enumerate([(1280, 720), (320, 240), (64, 48), (1280, 720)]):
        finder.look(DrawnKeyframe(2.0 * number, scene(number, width_px=width_px, height_px=height_px)))
    assert finder.finish().lines == ()
