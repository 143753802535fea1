"""When a session is over. The clock is passed in."""

import pytest

from webapp.accounts.sessions import (
    session_end_reason,
    session_extend,
    session_is_alive,
    session_start,
    session_times,
    session_touch,
)

START_S = 1_000_000.0


@pytest.fixture
def session(settings) -> dict:
    settings.SESSION_IDLE_S, settings.SESSION_ABSOLUTE_S = 900, 3600
    session: dict = {}
    session_start(session, now_s=START_S)
    return session


@pytest.mark.parametrize(("after_s", "reason"), [(0, None), (899, None), (900, "idle"), (4000, "absolute")])
def test_a_session_ends_by_the_first_limit_it_meets(session: dict, after_s: int, reason: str | None) -> None:
    assert session_end_reason(session, now_s=START_S + after_s) == reason


def test_activity_moves_the_idle_limit_but_not_the_absolute_one(session: dict) -> None:
    for minute in range(0, 60, 5):
        session_touch(session, now_s=START_S + minute * 60)
    assert session_end_reason(session, now_s=START_S + 3599) is None
    assert session_end_reason(session, now_s=START_S + 3600) == "absolute"


def test_activity_is_noted_at_most_once_a_minute(session: dict) -> None:
    assert not session_touch(session, now_s=START_S + 59)
    assert session_touch(session, now_s=START_S + 60)
    assert not session_touch(session, now_s=START_S + 61)


def test_the_time_left_is_the_shorter_of_the_two(session: dict) -> None:
    session_touch(session, now_s=START_S + 3000)
    times = session_times(session, now_s=START_S + 3010)
    assert (times.idle_left_s, times.absolute_left_s, times.left_s) == (890, 590, 590)


def test_a_session_whose_clock_never_started_is_over() -> None:
    assert not session_is_alive({})


def test_staying_signed_in_starts_the_idle_clock_again(session: dict) -> None:
    session_extend(session)
    assert session_times(session).idle_left_s == pytest.approx(900, abs=5)
