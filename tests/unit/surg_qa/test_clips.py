"""Speech is joined while gap and clip are short, dropped when short or badly heard, and padded."""

import pytest

from inference.llava_surg.surg_qa.clips import ClipOptions, make_clips
from inference.llava_surg.surg_qa.segment import Segment


def said(start_s: float, end_s: float, *, score: float | None = None, text: str = "words") -> Segment:
    return Segment(start_s=start_s, end_s=end_s, text=text, score=score)


def clips(*segments: Segment, duration_s: float = 600.0):
    return make_clips(segments, video_id="v", duration_s=duration_s)


def spans(*segments: Segment, duration_s: float = 600.0) -> list[tuple[float, float]]:
    return [(clip.start_s, clip.end_s) for clip in clips(*segments, duration_s=duration_s).clips]


def test_neighbours_less_than_a_second_apart_become_one_padded_clip():
    assert spans(said(10, 13), said(13.9, 16)) == [(9.5, 16.5)]


def test_a_gap_of_a_second_starts_another_clip():
    assert spans(said(10, 13), said(14.0, 17.5)) == [(9.5, 13.5), (13.5, 18.0)]


def test_a_clip_stays_under_thirty_seconds():
    assert spans(said(0, 20), said(20.5, 29.9), said(30, 34)) == [(0.0, 30.4), (29.5, 34.5)]


def test_less_than_three_seconds_is_dropped_and_counted():
    found = clips(said(10, 12.9), said(50, 53))
    assert [clip.clip_id for clip in found.clips] == ["v/50_53"]
    assert found.rejected == {"too_short": 1}


def test_badly_heard_speech_is_dropped_by_the_mean_of_its_scores():
    found = clips(said(10, 14, score=0.3), said(50, 54, score=0.4), said(54.2, 58, score=0.9), said(90, 95))
    assert [clip.clip_id for clip in found.clips] == ["v/50_58", "v/90_95"]
    assert found.rejected == {"badly_heard": 1}


def test_padding_stays_within_the_video():
    assert spans(said(0.2, 5), said(56, 62), duration_s=60.0) == [(0.0, 5.5), (55.5, 60.0)]


def test_speech_after_the_end_of_the_video_is_dropped():
    assert clips(said(100, 110), duration_s=60.0).rejected == {"after_the_video": 1}


def test_overlapping_cues_do_not_shorten_a_clip():
    assert spans(said(10, 25), said(11, 13)) == [(9.5, 25.5)]


def test_a_clip_is_named_once_even_if_seconds_repeat():
    found = make_clips(
        [said(10.0, 13.1), said(10.1, 13.2)],
        video_id="v",
        duration_s=99,
        options=ClipOptions(max_gap_s=0, max_clip_s=3.15),
    )
    assert len({clip.clip_id for clip in found.clips}) == len(found.clips)


def test_impossible_options_are_refused():
    with pytest.raises(ValueError, match="clip lengths"):
        ClipOptions(min_clip_s=40.0)
