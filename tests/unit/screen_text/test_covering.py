"""What is taken out of a frame, and what stays to the last bit."""

import numpy as np
import pytest

from inference.screen_text.box import Box
from inference.screen_text.covering import TextCover, cover
from inference.screen_text.found import Place, Reading, ScreenText, TextLine
from tests.overlays import put, scene

LINE = Box(0.05, 0.1, 0.5, 0.16)


def found(*places: Place) -> ScreenText:
    return ScreenText("reader", (TextLine(places, (Reading(0.0, "DOE, JANE", 0.9),)),))


def frame_with_text() -> np.ndarray:
    picture = scene(3, width_px=640, height_px=360)
    put(picture, "Patient DOE", (36, 54), height_px=16)
    return picture


def test_a_frame_without_text_is_the_same_object() -> None:
    frame = frame_with_text()
    covering = TextCover(found(Place(10.0, 20.0, LINE)))
    assert covering(7.0, frame) is frame
    assert covering(23.0, frame) is frame
    assert TextCover(ScreenText("reader", ()))(10.0, frame) is frame


@pytest.mark.parametrize("time_s", [8.0, 10.0, 15.0, 20.0, 22.0])
def test_a_line_is_covered_one_keyframe_further_than_it_was_seen(time_s: float) -> None:
    frame = frame_with_text()
    assert (TextCover(found(Place(10.0, 20.0, LINE)))(time_s, frame) != frame).any()


def test_only_the_line_and_a_small_margin_change() -> None:
    frame = frame_with_text()
    changed = (cover(frame, [LINE]) != frame).any(axis=2)
    rows, columns = np.nonzero(changed)
    assert rows.min() >= 0.1 * 360 - 6
    assert rows.max() <= 0.16 * 360 + 6
    assert columns.min() >= 0.05 * 640 - 6
    assert columns.max() <= 0.5 * 640 + 6


def test_the_cover_looks_like_its_surroundings_and_has_no_edge() -> None:
    plain = scene(3, width_px=640, height_px=360)
    frame = plain.copy()
    put(frame, "Patient DOE", (36, 54), height_px=16)
    line = np.s_[36:58, 32:320]
    before, after = (
        np.abs(np.diff(picture[line].astype(int), axis=1)).max() for picture in (frame, cover(frame, [LINE]))
    )
    assert before > 100
    assert after < 30
    assert np.abs(cover(frame, [LINE])[line].astype(int) - plain[line]).mean() < 20


def test_a_box_fits_a_frame_of_any_size_and_lines_may_touch_the_rim() -> None:
    for height_px, width_px in ((180, 320), (720, 1280), (16, 16), (320, 180)):
        frame = scene(1, width_px=width_px, height_px=height_px)
        boxes = [LINE, Box(0.0, 0.0, 0.4, 0.05), Box(0.9, 0.95, 1.0, 1.0)]
        assert cover(frame, boxes).shape == frame.shape


def test_a_picture_that_is_all_text_becomes_black() -> None:
    assert not cover(frame_with_text(), [Box(0.0, 0.0, 1.0, 1.0)]).any()


def test_a_line_on_its_way_is_covered_between_its_places() -> None:
    places = (Place(10.0, 10.0, Box(0.1, 0.5, 0.2, 0.55)), Place(12.0, 12.0, Box(0.2, 0.5, 0.3, 0.55)))
    frame = np.random.default_rng(1).integers(0, 255, (360, 640, 3), dtype=np.uint8)
    changed = (TextCover(found(*places))(11.0, frame) != frame).any(axis=2)
    assert changed[180:198, 64:192].mean() > 0.95


def test_the_covering_is_named_by_what_it_covers() -> None:
    one, other = found(Place(0.0, 4.0, LINE)), found(Place(0.0, 6.0, LINE))
    assert one.covering_id != other.covering_id
    assert ScreenText("reader", ()).covering_id == "debrief-screen-text-1-none"
