"""What models saw lies inside the video, however its seconds fall."""

from webapp.videos.timelines import FactFields, inside_video


def fact(start_s: float, end_s: float) -> FactFields:
    return FactFields(lane="phase", label="preparation", start_s=start_s, end_s=end_s, probability=0.9)


def test_a_second_that_the_video_does_not_fill_ends_with_it() -> None:
    assert inside_video([fact(0, 6)], 5.2) == [fact(0, 5.2)]


def test_what_begins_after_the_end_is_left_out() -> None:
    assert inside_video([fact(5, 6)], 5.0) == []


def test_a_video_of_unknown_length_cuts_nothing() -> None:
    assert inside_video([fact(0, 6)], None) == [fact(0, 6)]
