"""Citations arrive whole and inside the video."""

import pytest

from inference.llava_surg.answering.citation_stream import CitationStream


@pytest.mark.parametrize("size", [1, 3, 7])
def test_a_citation_is_shown_whole_however_it_was_cut(size: int) -> None:
    stream, text = CitationStream(30.0), "A hook [[t=3-99]] and [1]."
    shown = [stream.push(text[at : at + size]) for at in range(0, len(text), size)] + [stream.flush()]

    assert "".join(shown) == "A hook [[t=3-30]] and [1]."
    assert not any("[[" in part and "]]" not in part for part in shown)


def test_a_citation_that_never_ends_is_dropped() -> None:
    stream = CitationStream(30.0)

    assert stream.push("A hook [[t=3-") + stream.flush() == "A hook"


def test_brackets_that_are_no_citation_are_not_held_forever() -> None:
    stream = CitationStream(30.0)

    assert stream.push("[[" + "x" * 60).startswith("[[xx")
