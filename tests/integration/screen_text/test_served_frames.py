"""Frames that go to a served model are covered from the same file as those of our own."""

from pathlib import Path

from inference.llava_surg.answering.routing import Window
from inference.llava_surg.answering.served import window_images
from inference.screen_text.box import Box
from inference.screen_text.found import SCREEN_TEXT_NAME, Place, Reading, ScreenText, TextLine
from tests.overlays import Picture, put, write_clip

WINDOW = Window(start_s=0.0, end_s=2.0, route="chosen")


def draw(picture: Picture, _time_s: float) -> None:
    put(picture, "DOE, JANE", (560, 360), height_px=30)


def test_a_served_model_gets_covered_frames_where_text_was_found(tmp_path: Path) -> None:
    samples = write_clip(tmp_path / "samples.mp4", seconds=3, draw=draw)
    plain = window_images(samples, WINDOW, num_frames=2)
    place = Place(0.0, 2.0, Box(0.4, 0.4, 0.6, 0.6))
    line = TextLine((place,), (Reading(0.0, "DOE, JANE", 0.9),))
    ScreenText("reader", (line,)).save(tmp_path / SCREEN_TEXT_NAME)
    covered = window_images(samples, WINDOW, num_frames=2)
    assert [image.timestamp_s for image in covered] == [image.timestamp_s for image in plain]
    assert all(ours.jpeg != theirs.jpeg for ours, theirs in zip(covered, plain, strict=True))


def test_without_text_they_are_what_they_were(tmp_path: Path) -> None:
    samples = write_clip(tmp_path / "samples.mp4", seconds=3, draw=draw)
    plain = window_images(samples, WINDOW, num_frames=2)
    ScreenText("reader", ()).save(tmp_path / SCREEN_TEXT_NAME)
    assert window_images(samples, WINDOW, num_frames=2) == plain
