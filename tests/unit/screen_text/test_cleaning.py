"""What a stranger wrote on a screen, made into one harmless line."""

import unicodedata

import pytest

from inference.screen_text.cleaning import MAX_CHARS, are_alike, cleaned
from tests.hostile import HOSTILE_TEXTS


@pytest.mark.parametrize("text", [*HOSTILE_TEXTS, "a\u202eb\u2066c\u200bd", "DOE\x00\x1b[31m JANE", "x" * 100_000])
def test_no_mark_that_acts_is_left_and_the_line_is_short(text: str) -> None:
    line = cleaned(text)
    assert len(line) <= MAX_CHARS
    assert all(unicodedata.category(mark)[0] not in "CM" for mark in line)
    assert line == " ".join(line.split())


def test_words_stay_as_they_stand_on_the_screen() -> None:
    assert cleaned(" Müller,\n Jörg \u202e") == "Müller, Jörg"
    assert cleaned("1０:３2") == "10:32"


@pytest.mark.parametrize("text", ["", " - ", "°", "7", "··"])
def test_what_holds_no_two_letters_or_digits_is_not_text(text: str) -> None:
    assert cleaned(text) == ""


def test_marks_piled_on_letters_fall_off() -> None:
    assert cleaned("Z\u0336\u0353\u0353a\u0361lgo") == "Zalgo"


def test_a_clock_that_ticks_is_the_same_line_and_another_name_is_not() -> None:
    assert are_alike("2024-05-17 10:32:07", "2024-05-17 11:59:58")
    assert are_alike("Actual gas flow 1.3", "ctual gas fow 0.2")
    assert not are_alike("DOE, JANE", "SMITH, BOB")
