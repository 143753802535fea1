"""What a person typed, before it becomes a row."""

import math

import pytest
from django.conf import settings

from webapp.conversations.text import Window, clean_question, clean_request_key, clean_window
from webapp.lib.errors import InvalidInput


@pytest.mark.parametrize("text", ["", "   ", "\n\t ", "\x00\x01", "\u202e", "\u200b\u200b", "?!"])
def test_an_empty_question_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(InvalidInput, match="Type a question first"):
        clean_question(text)


def test_a_question_past_the_limit_is_refused_with_both_numbers() -> None:
    with pytest.raises(InvalidInput, match=r"10,000 characters, at most 4,000"):
        clean_question("x" * 10_000)


def test_a_question_at_the_limit_is_taken() -> None:
    assert len(clean_question("x" * settings.QUESTION_MAX_CHARS)) == settings.QUESTION_MAX_CHARS


def test_markup_is_kept_as_typed() -> None:
    assert clean_question("<b>what</b> & why?") == "<b>what</b> & why?"


def test_control_characters_are_dropped_and_lines_kept() -> None:
    assert clean_question("one\x00\r\ntwo\x07") == "one\ntwo"


def test_what_turns_the_reading_direction_is_dropped() -> None:
    assert clean_question("which \u202egpj.exe\u2069?") == "which gpj.exe?"


def test_a_window_is_clamped_to_the_video() -> None:
    assert clean_window(Window(start_s=-3, end_s=500), duration_s=120) == Window(start_s=0, end_s=120)


@pytest.mark.parametrize(("start_s", "end_s"), [(5, 5), (9, 3), (130, 140), (math.nan, 5), (0, math.nan)])
def test_a_window_with_nothing_in_it_is_refused(start_s: float, end_s: float) -> None:
    with pytest.raises(InvalidInput):
        clean_window(Window(start_s=start_s, end_s=end_s), duration_s=120)


@pytest.mark.parametrize("key", ["x" * 101, "a\nb"])
def test_a_strange_request_key_is_refused(key: str) -> None:
    with pytest.raises(InvalidInput):
        clean_request_key(key)
