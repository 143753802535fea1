"""What was found, on disk and back."""

from pathlib import Path

import pytest

from inference.errors import FeaturesStale
from inference.screen_text.box import Box
from inference.screen_text.found import Place, Reading, ScreenText, TextLine

LINE = TextLine(
    (Place(0.0, 8.0, Box(0.1, 0.1, 0.4, 0.14)),),
    (Reading(0.0, "<b>DOE</b>", 0.9), Reading(4.0, "DOE", 0.8)),
)
TEXT = ScreenText("reader-1", (LINE,))


def test_what_was_found_comes_back_as_it_was(tmp_path: Path) -> None:
    TEXT.save(tmp_path / "t.json")
    loaded = ScreenText.load(tmp_path / "t.json", reader_id="reader-1")
    assert loaded == TEXT
    assert loaded.covering_id == TEXT.covering_id
    assert [path.name for path in tmp_path.iterdir()] == ["t.json"]


def test_another_reader_no_file_and_a_broken_file_are_stale(tmp_path: Path) -> None:
    TEXT.save(tmp_path / "t.json")
    (tmp_path / "broken.json").write_text('{"format": "debrief-screen-text-1", "reader_id": "r", "lines": [{}]}')
    with pytest.raises(FeaturesStale):
        ScreenText.load(tmp_path / "t.json", reader_id="reader-2")
    for name in ("missing.json", "broken.json"):
        with pytest.raises(FeaturesStale):
            ScreenText.load(tmp_path / name)
