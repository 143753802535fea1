"""What is said to remain of a stage follows its rate, and never rises within it."""

import pytest

from inference.progress import Progress
from workers.progress import TimeLeft


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def left(clock: Clock, time_left: TimeLeft, *, done: int, at_s: float, total: int = 700) -> float | None:
    clock.now_s = at_s
    return time_left.after(Progress(done=done, total=total, unit="frames"))


def test_it_follows_the_rate_so_far() -> None:
    clock = Clock()
    time_left = TimeLeft(clock=clock)
    assert left(clock, time_left, done=100, at_s=60) == pytest.approx(360)
    assert left(clock, time_left, done=350, at_s=120) == pytest.approx(120)


def test_a_step_that_becomes_slower_makes_it_stand_still_and_not_rise() -> None:
    clock = Clock()
    time_left = TimeLeft(clock=clock)
    rates = [1, 2, 2, 3, 9, 30, 4, 5, 1, 80, 2, 2, 7, 1]
    told, done, at_s = [], 0, 0.0
    for slow_s in rates:
        done, at_s = done + 50, at_s + 10 * slow_s
        told.append(left(clock, time_left, done=done, at_s=at_s, total=50 * len(rates) + 1))
    known = [seconds for seconds in told if seconds is not None]
    assert len(known) == len(rates)
    assert known == sorted(known, reverse=True)


@pytest.mark.parametrize(("done", "at_s"), [(0, 60), (700, 60), (100, 1), (7, 20)])
def test_it_is_silent_while_too_little_was_measured(done: int, at_s: float) -> None:
    clock = Clock()
    assert left(clock, TimeLeft(clock=clock), done=done, at_s=at_s) is None


def test_of_a_very_long_step_it_speaks_after_a_minute() -> None:
    clock = Clock()
    assert left(clock, TimeLeft(clock=clock), done=7, at_s=70) == pytest.approx(6930)
