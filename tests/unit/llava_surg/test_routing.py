"""Which seconds a question is about."""

import pytest

from inference.llava_surg.answering.routing import route_question

HOUR_S = 3600.0


@pytest.mark.parametrize(
    ("question", "start_s", "end_s", "route"),
    [
        ("What happens at 12:30?", 742, 758, "named"),
        ("What is done between 10 and 40 seconds?", 10, 40, "named"),
        ("What is visible between 1:00 and 2:00?", 60, 120, "named"),
        ("What is seen at 90 s?", 82, 98, "named"),
        ("Which phase is minute 20?", 1192, 1208, "named"),
        ("What happens in the last 5 minutes?", 3300, 3600, "last"),
        ("What is seen at the end?", 3540, 3600, "last"),
        ("Which instruments are visible?", 0, 3600, "whole"),
        ("What happens at 1:30:00?", 0, 3600, "whole"),
    ],
)
def test_a_question_finds_its_window(question: str, start_s: float, end_s: float, route: str) -> None:
    window = route_question(question, duration_s=HOUR_S)

    assert (window.start_s, window.end_s, window.route) == (start_s, end_s, route)


def test_the_window_a_user_chose_wins() -> None:
    window = route_question("What happens at 12:30?", duration_s=HOUR_S, chosen=(5.0, 9.0))

    assert (window.start_s, window.end_s, window.route) == (5.0, 9.0, "chosen")


def test_a_short_clip_is_looked_at_whole() -> None:
    assert route_question("What happens at the end?", duration_s=32.0).route == "whole"


@pytest.mark.parametrize("chosen", [(50.0, 20.0), (-5.0, 999.0), (31.9, None), (None, 0.0)])
def test_a_window_lies_inside_the_video(chosen: tuple[float | None, float | None]) -> None:
    window = route_question("?", duration_s=32.0, chosen=chosen)

    assert 0.0 <= window.start_s < window.end_s <= 32.0
