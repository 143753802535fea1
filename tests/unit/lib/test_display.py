"""What people read: clock times, counts, sizes, likelihoods, time left."""

import pytest

from webapp.lib.display import clock, clock_iso, count, likelihood, size, time_left


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0:00"), (63.9, "1:03"), (761, "12:41"), (3725, "1:02:05"), (-1, "0:00"), (None, "--")],
)
def test_a_time_is_minutes_and_seconds(seconds: float | None, words: str) -> None:
    assert clock(seconds) == words


def test_a_time_has_a_form_for_machines() -> None:
    assert clock_iso(63.9) == "PT63S"
    assert clock_iso(None) == ""


def test_large_counts_are_grouped() -> None:
    assert count(4800) == "4,800"
    assert count(None) == "--"


@pytest.mark.parametrize(
    ("num_bytes", "words"),
    [(0, "0 bytes"), (999, "999 bytes"), (3_259_684, "3.3 MB"), (62_914_572, "63 MB"), (5 * 10**15, "5000 TB")],
)
def test_sizes_count_in_thousands(num_bytes: int, words: str) -> None:
    assert size(num_bytes) == words


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (1.0, "very likely, 0.99"),
        (0.95, "very likely, 0.95"),
        (0.82, "likely, 0.82"),
        (0.5, "possible, 0.50"),
        (0.1, "unsure, 0.10"),
    ],
)
def test_a_probability_is_a_word_with_the_number_beside_it(probability: float, words: str) -> None:
    assert likelihood(probability) == words


@pytest.mark.parametrize(
    ("left_s", "words"),
    [(None, ""), (6.0, "less than a minute"), (360.0, "about 6 min"), (5940.0, "about 1 h 39 min")],
)
def test_time_left_is_a_rough_word(left_s: float | None, words: str) -> None:
    assert time_left(left_s) == words
