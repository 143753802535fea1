"""Lines of text as segments: few, and saying what changed."""

from inference.screen_text.box import Box
from inference.screen_text.found import Place, Reading, ScreenText, TextLine
from inference.screen_text.segments import MAX_SEGMENTS, text_segments

HERE, THERE = Box(0.1, 0.1, 0.4, 0.14), Box(0.6, 0.8, 0.9, 0.84)


def line(start_s: float, end_s: float, *texts: str, box: Box = HERE, confidence: float = 0.9) -> TextLine:
    readings = tuple(Reading(start_s + index, text, confidence) for index, text in enumerate(texts))
    return TextLine((Place(start_s, end_s, box),), readings)


def labels(*lines: TextLine) -> list[tuple[str, float, float]]:
    found = text_segments(ScreenText("reader", lines), duration_s=100.0)
    return [(segment.label, segment.start_s, segment.end_s) for segment in found]


def test_a_line_lasts_to_the_first_keyframe_without_it_and_not_past_the_end() -> None:
    assert labels(line(0.0, 10.0, "DOE, JANE")) == [("DOE, JANE", 0.0, 12.0)]
    assert labels(line(0.0, 99.0, "DOE, JANE")) == [("DOE, JANE", 0.0, 100.0)]


def test_a_running_clock_is_one_segment_that_says_so() -> None:
    ticking = [line(20.0 * part, 20.0 * part + 18, f"10:32:{10 + part}") for part in range(5)]
    assert labels(*ticking) == [("10:32:10 (changes)", 0.0, 100.0)]


def test_a_misread_letter_is_no_change_and_the_surest_reading_is_shown() -> None:
    text = ScreenText(
        "reader",
        (TextLine((Place(0.0, 20.0, HERE),), (Reading(0.0, "spie", 0.7), Reading(8.0, "spies", 0.96))),),
    )
    [segment] = text_segments(text, duration_s=60.0)
    assert (segment.label, segment.probability) == ("spies", 0.83)


def test_another_name_in_the_same_place_is_another_segment() -> None:
    assert [label for label, *_ in labels(line(0.0, 10.0, "DOE, JANE"), line(12.0, 20.0, "SMITH, BOB"))] == [
        "DOE, JANE",
        "SMITH, BOB",
    ]


def test_the_same_words_later_or_elsewhere_at_the_same_time_stand_alone() -> None:
    assert len(labels(line(0.0, 4.0, "Exit"), line(80.0, 90.0, "Exit"))) == 2
    assert len(labels(line(0.0, 40.0, "On"), line(0.0, 40.0, "On", box=THERE))) == 2


def test_of_too_many_the_longest_are_kept() -> None:
    many = [line(0.0, float(index % 7), f"item {index} of many", box=HERE) for index in range(MAX_SEGMENTS + 50)]
    assert len(labels(*many)) <= MAX_SEGMENTS
