"""Titles and file names from outside: spelt as people spell them, without what only hides."""

import pytest

from webapp.videos.names import clean_text, title_from_filename


@pytest.mark.parametrize(
    "name",
    [
        "می\u200cخواهم ببینم",
        "👩\u200d⚕️ op",
        "क्\u200dष",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    ],
)
def test_joiners_that_spell_a_word_or_an_emoji_stay(name: str) -> None:
    assert title_from_filename(f"{name}.mp4") == name


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("case\u200d 17", "case 17"),
        ("\u200ccase", "case"),
        ("case\u202e4pm", "case4pm"),
        ("a\u200d\u200db", "ab"),
        ("case\U000e0041\U000e0042", "case"),
        ("\ufeffcase\u200b17", "case17"),
    ],
)
def test_what_only_hides_goes(given: str, kept: str) -> None:
    assert clean_text(given) == kept
