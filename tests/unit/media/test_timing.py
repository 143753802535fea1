"""How long packets say a recording is, whatever its clock says."""

import numpy as np
import pytest

from inference.media.packet_times import PacketTimes, Seconds
from inference.media.timing import find_timing, usual_step_s

FRAME_S = 0.04
NO_TIME = np.nan


def packets(
    presented_s: Seconds, *, decoded_s: Seconds | None = None, lasts_s: float | Seconds = FRAME_S
) -> PacketTimes:
    decoded_s = np.sort(presented_s) if decoded_s is None else decoded_s
    return PacketTimes(
        presented_s=presented_s, decoded_s=decoded_s, lasts_s=np.broadcast_to(lasts_s, presented_s.shape).astype(float)
    )


def regular(num_frames: int, *, start_s: float = 0.0, step_s: float = FRAME_S) -> Seconds:
    return start_s + step_s * np.arange(num_frames)


def duration_s(times: PacketTimes, *sound: PacketTimes) -> float:
    return round(find_timing(times, sound, frame_s=FRAME_S).duration_s, 2)


def test_a_regular_recording_is_as_long_as_its_pictures() -> None:
    assert duration_s(packets(regular(100, start_s=7.0))) == 4.0


@pytest.mark.parametrize("gap_s", [15.0, 60.0, 1800.0, 50_000.0])
def test_a_gap_in_a_regular_recording_is_left_out(gap_s: float) -> None:
    joined = np.concatenate((regular(75), regular(75, start_s=3.0 + gap_s)))
    assert duration_s(packets(joined)) == 6.0


def test_a_gap_that_the_packet_states_is_left_out_too() -> None:
    lasts_s = np.full(150, FRAME_S)
    lasts_s[74] = 1800.0
    assert duration_s(packets(np.concatenate((regular(75), regular(75, start_s=1803.0))), lasts_s=lasts_s)) == 6.0


def test_the_last_picture_does_not_stand_for_hours() -> None:
    lasts_s = np.full(100, FRAME_S)
    lasts_s[-1] = 16_000.0
    assert duration_s(packets(regular(100), lasts_s=lasts_s)) == 4.0


def test_a_clock_set_back_makes_it_no_shorter() -> None:
    twice = np.concatenate((regular(100, start_s=900.0), regular(100)))
    assert duration_s(packets(twice, decoded_s=twice)) == 8.0


def test_two_pictures_with_a_wrong_time_count_as_two_pictures() -> None:
    times_s = regular(300)
    times_s[100:102] += 10_860.0
    found = find_timing(packets(times_s, decoded_s=regular(300)), (), frame_s=FRAME_S)
    assert round(found.duration_s, 2) == 12.0
    assert found.limit_s < 14.0


@pytest.mark.parametrize("step_s", [2.0, 5.0, 12.0, 45.0])
def test_slides_keep_their_time(step_s: float) -> None:
    assert duration_s(packets(regular(20, step_s=step_s), lasts_s=step_s)) == 20 * step_s


@pytest.mark.parametrize("off_s", [3.0, 8.0, -8.0])
def test_a_wrong_time_within_reach_of_a_stand_is_seen_by_its_loneliness(off_s: float) -> None:
    times_s = regular(300)
    times_s[150] += off_s
    found = find_timing(packets(times_s, decoded_s=regular(300)), (), frame_s=FRAME_S)
    assert round(found.duration_s, 2) == 12.0
    assert found.longest_hold_s < abs(off_s)


def test_a_few_jumps_in_a_short_recording_are_not_a_variable_rate() -> None:
    times_s = regular(100)
    for first, by_s in ((20, 1.3), (40, 1.1), (60, 1.4), (80, 24.0)):
        times_s[first:] += by_s
    assert duration_s(packets(times_s)) == 7.8


def test_slides_after_a_film_keep_their_time() -> None:
    film_then_slides = np.concatenate((regular(2000), regular(20, start_s=80.0, step_s=15.0)))
    assert duration_s(packets(film_then_slides)) == 80.0 + 19 * 15.0 + FRAME_S


def test_a_recorder_that_drops_repeated_pictures_keeps_its_time() -> None:
    times_s = regular(1500)
    kept = (times_s % 10.0) < 3.0
    assert duration_s(packets(times_s[kept])) == 53.0


@pytest.mark.parametrize(("sound_s", "expected_s"), [(100.0, 100.0), (20.0, 13.0)])
def test_a_long_stand_is_believed_where_there_is_sound_all_the_while(sound_s: float, expected_s: float) -> None:
    pictures = packets(np.concatenate((regular(75), regular(250, start_s=90.0))))
    sound = packets(regular(round(sound_s / 0.064), step_s=0.064), lasts_s=0.064)
    assert duration_s(pictures, sound) == expected_s


def test_a_packet_of_sound_that_claims_hours_proves_nothing() -> None:
    pictures = packets(np.concatenate((regular(75), regular(75, start_s=3603.0))))
    assert duration_s(pictures, packets(np.array([0.0, 3.0]), lasts_s=3600.0)) == 6.0


def test_pictures_without_any_time_are_counted() -> None:
    nowhere = np.full(50, NO_TIME)
    found = find_timing(packets(nowhere, decoded_s=nowhere), (), frame_s=FRAME_S)
    assert (found.duration_s, found.is_timed) == (2.0, False)


def test_the_usual_step_is_the_cameras_not_the_average() -> None:
    assert usual_step_s(packets(np.concatenate((regular(75), regular(75, start_s=1800.0))))) == pytest.approx(FRAME_S)
    assert usual_step_s(packets(np.array([3.0]))) is None


@pytest.mark.parametrize("seed", range(20))
def test_no_damage_to_times_makes_it_longer_than_its_packets_can_be(seed: int) -> None:
    random = np.random.default_rng(seed)
    times_s = regular(300)
    hit = random.choice(300, size=random.integers(1, 12), replace=False)
    times_s[hit] += random.choice([-1, 1], size=hit.size) * 10 ** random.uniform(0, 5, size=hit.size)
    found = find_timing(packets(times_s, decoded_s=times_s), (), frame_s=FRAME_S)
    assert found.limit_s <= found.duration_s + 300 * FRAME_S + 1.0
    assert found.duration_s <= 300 * FRAME_S + found.longest_hold_s * hit.size * 2
