"""Levels are free words: which is lower is read from them, never from the order that somebody typed them in."""

import pytest

from inference.avbanet.levels import levels_found, levels_ordered


@pytest.mark.parametrize(
    ("given", "ordered"),
    [
        (["expert", "novice"], ("novice", "expert")),
        (["High", "low", "Medium"], ("low", "Medium", "High")),
        (["10", "9.5", "2"], ("2", "9.5", "10")),
        (["year 5", "Year 1", "year  1"], ("Year 1", "year 5")),
        (["GRS 22", "GRS 9"], ("GRS 9", "GRS 22")),
        (["pass", "fail"], ("fail", "pass")),
        (["E", "N", "I"], ("N", "I", "E")),
    ],
)
def test_words_and_numbers_say_what_is_lower(given: list[str], ordered: tuple[str, ...]) -> None:
    assert levels_ordered(given) == ordered


@pytest.mark.parametrize(
    "given", [["Anna", "Bert"], ["low", "poor"], ["year 1", "month 2"], ["v1.2.3", "v2.0.1"], ["1", "1.0"]]
)
def test_names_that_do_not_say_it_have_no_order(given: list[str]) -> None:
    assert levels_ordered(given) is None


def test_one_level_in_two_spellings_is_found_once_as_it_was_first_spelled() -> None:
    assert levels_found(["Expert", "novice", " expert", "NOVICE"]) == ("Expert", "novice")
