"""The text that a reader of a stream holds."""

from webapp.conversations.news import text_of
from webapp.conversations.updates import joined
from webapp.lib.events import Event, is_seq


def delta(seq: str, text: str, offset: int) -> Event:
    return Event(seq=seq, type="delta", data={"text": text, "offset": offset})


def test_deltas_add_up() -> None:
    assert text_of([delta("1-0", "Two ", 0), delta("2-0", "clips.", 4)]) == "Two clips."


def test_a_restart_forgets_what_came_before() -> None:
    news = [delta("1-0", "Old", 0), Event(seq="2-0", type="restart"), delta("3-0", "New", 0)]
    assert text_of(news) == "New"


def test_a_repeated_delta_is_not_doubled() -> None:
    assert text_of([delta("1-0", "Two ", 0), delta("2-0", "Two ", 0), delta("3-0", "clips", 4)]) == "Two clips"


def test_what_follows_a_gap_is_not_guessed() -> None:
    assert text_of([delta("1-0", "Two ", 0), delta("2-0", "lost", 40)]) == "Two "


def test_neighbouring_deltas_travel_as_one_message() -> None:
    messages = joined([delta("1-0", "Two ", 0), delta("2-0", "clips", 4)])
    assert messages == [{"type": "delta", "seq": "2-0", "text": "Two clips", "offset": 0}]


def test_deltas_on_both_sides_of_a_restart_stay_apart() -> None:
    messages = joined([delta("1-0", "Old", 0), Event(seq="2-0", type="restart"), delta("3-0", "New", 0)])
    assert [message["type"] for message in messages] == ["delta", "restart", "delta"]


def test_a_seq_is_two_whole_numbers() -> None:
    assert is_seq("0-0")
    assert is_seq("1700000000000-12")
    assert not any(is_seq(text) for text in ("", "-", "1", "$", "1-", "-1", "a-b", "1-2-3", "9" * 30 + "-0", "١-٢"))
