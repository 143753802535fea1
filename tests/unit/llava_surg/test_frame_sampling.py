"""Index tables, as published and as we prefer."""

import pytest

from inference.llava_surg.faithful.frame_sampling import frame_indices, midpoint_indices, video_chatgpt_indices


def test_a_long_video_gives_video_chatgpts_table() -> None:
    indices = video_chatgpt_indices(10_000)

    assert indices[:3] == [50, 150, 250]
    assert (len(indices), indices[-1]) == (100, 9949)


def test_five_frames_give_one_twice_and_the_last_never() -> None:
    assert video_chatgpt_indices(5) == [0, 1, 2, 2, 3]


def test_sixty_frames_give_fifty_nine_different_ones() -> None:
    assert len(set(video_chatgpt_indices(60))) == 59


@pytest.mark.parametrize("num_frames", [1, 5, 16, 60, 999])
def test_our_own_table_repeats_nothing_and_stays_inside(num_frames: int) -> None:
    indices = midpoint_indices(num_frames, num_wanted=16)

    assert len(indices) == len(set(indices)) == min(num_frames, 16)
    assert indices == sorted(indices)
    assert 0 <= indices[0] <= indices[-1] < num_frames


def test_one_a_second_takes_each_second_once() -> None:
    assert frame_indices(100, "every_second", num_wanted=16, fps=25.0) == [0, 25, 50, 75]


def test_a_video_without_frames_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one frame"):
        frame_indices(0, "midpoints", num_wanted=4)
